//! A worker of the built program, and what it is asked.

use std::path::Path;

use aftershake::worker::protocol::RunRequest;
use aftershake::worker_process::WorkerProcess;
use aftershake_shared::recording::ScenarioText;

/// A worker that waits for requests.
pub(crate) fn worker() -> WorkerProcess {
    WorkerProcess::start_program(Path::new(env!("CARGO_BIN_EXE_aftershake"))).unwrap()
}

/// One run of it, after which the worker may be asked again.
pub(crate) fn request(scenario: ScenarioText, seed: u64) -> RunRequest {
    RunRequest {
        scenario,
        seed,
        live: false,
        beside: None,
        last: false,
    }
}
