//! `cargo xtask bench`: measures the agent named by `AFTERSHAKE_AGENT` and writes `docs/benchmarks.md`.

use std::path::Path;

use aftershake_browser_tests::agent::{Agent, binary};
use aftershake_measure::report;
use aftershake_measure::rows::{
    self, cold_run, event_rate, explain, packetdrill, page, probe_effect, repeat, sizes, timeline,
    warm_run,
};

const FILE: &str = "docs/benchmarks.md";

fn main() -> anyhow::Result<()> {
    let binary = binary()?;
    let mut table = rows::table();
    let agent = Agent::start()?;
    warm_run::measure(&agent, &mut table)?;
    let (faster, cold) = cold_run::measure(&binary, &mut table)?;
    event_rate::measure(&agent, &mut table)?;
    let nodes = timeline::measure(&agent, &mut table)?;
    page::measure(&agent, &mut table)?;
    let repeated = repeat::measure(&binary, &mut table)?;
    probe_effect::measure(&binary, &mut table)?;
    let scripted = packetdrill::measure(&binary, cold, &mut table)?;
    let sizes = sizes::measure(&binary)?;
    let explained = explain::measure(&binary, &mut table)?;
    let memory = report::peak_memory(agent.pid()).unwrap_or(0) / 1024;
    let machine = report::machine(&[
        ("rustc", &["--version"]),
        ("chromium", &["--version"]),
        ("python3", &["--version"]),
        ("tcpdump", &["--version"]),
        ("tshark", &["--version"]),
    ]);
    let figures = table.markdown();
    let text = format!(
        "# Benchmarks\n\n\
         Written by `cargo xtask bench`; run it to have the figures of your machine.\n\n\
         {figures}\n\
         {faster}\n\
         {scripted}\
         {repeated}\n\
         {explained}\n\
         The agent that served all of this used {memory} MiB at its most. The picture of a run had {nodes} elements at its\n\
         most; a frame is counted from the event that asks for it: script, style, layout and the recording of paint.\n\n\
         Every run has a namespace of its own and all evidence that the machine can give. A rate counts the\n\
         whole run, making the events included. By hand is `measure/by-hand/by-hand.sh`: it waits for\n\
         events and never sleeps, so it is as fast as that way can be; `measure/by-hand/repeat.sh` is the loop.\n\
         What makes many runs fast, and what was found on the way, is in [sweeps.md](sweeps.md).\n\
         {sizes}\n\
         ## The machine\n\n\
         {machine}"
    );
    report::write(Path::new(FILE), &text)
}
