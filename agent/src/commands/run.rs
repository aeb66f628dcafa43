//! temporary
use crate::options::RunOptions;
use crate::worker::protocol::RunRequest;
use crate::worker_process::WorkerProcess;
use std::process::ExitCode;

pub fn run(o: &RunOptions) -> ExitCode {
    let toml = std::fs::read_to_string(&o.scenario).unwrap();
    let mut w = WorkerProcess::start().unwrap();
    let n = std::env::var("N")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1);
    for i in 0..n {
        let r = w.run(RunRequest {
            scenario: aftershake_shared::recording::ScenarioText {
                name: "x".into(),
                toml: toml.clone(),
            },
            seed: 1,
            live: false,
            beside: o.beside.clone(),
        });
        match r {
            Ok((rec, took)) => {
                if i + 1 == n || n < 3 {
                    for e in &rec.events {
                        match &e.body {
                            aftershake_shared::event::EventBody::Segment(s) => {
                                let s = s.read().unwrap();
                                println!(
                                    "{:>3} {:>12} SEG {} > {} {} {}:{} ack {} win {}",
                                    e.id,
                                    e.at,
                                    s.src,
                                    s.dst,
                                    s.flags,
                                    s.seq,
                                    s.payload_len,
                                    s.ack,
                                    s.window
                                )
                            }
                            b => println!("{:>3} {:>12} {:?}", e.id, e.at, b),
                        }
                    }
                }
                println!(
                    "took {} us evidence {:?}",
                    took / 1000,
                    rec.header.environment
                );
            }
            Err(e) => println!("{e} {e:?}"),
        }
    }
    ExitCode::SUCCESS
}
