//! A request for many runs, checked and spelled out for a worker.

use aftershake_shared::channel::{Failure, MAX_BINS, MAX_MANY, RunId, ServerMessage};
use aftershake_shared::distribution::vary::Vary;
use aftershake_shared::recording::ScenarioText;

use super::client_message::{BAD_INPUT, check_scenario, failure};
use super::limits::MAX_MANY_TEXT;
use crate::worker::protocol::{ManyBin, ManyRequest};

/// Values in a range when the client names no number.
const BINS: u32 = 20;

/// What a client asked for.
pub(super) struct ManyAsked {
    pub(super) scenario: ScenarioText,
    pub(super) seed: u64,
    pub(super) runs: u32,
    pub(super) vary: Option<String>,
    pub(super) bins: Option<u32>,
}

/// What the worker is asked, and what the client is told of it before.
///
/// # Errors
/// A scenario, a path, a range or a number that cannot be.
pub(super) fn plan(run: RunId, asked: ManyAsked) -> Result<(ServerMessage, ManyRequest), Failure> {
    let refused = |message| failure(BAD_INPUT, message, "");
    let ManyAsked {
        scenario,
        seed,
        runs,
        vary,
        bins,
    } = asked;
    check_scenario(&scenario)?;
    if !(1..=MAX_MANY).contains(&runs) {
        return Err(refused(format!("{runs} runs, expected 1 to {MAX_MANY}")));
    }
    let count = bins.unwrap_or(BINS);
    if !(1..=MAX_BINS).contains(&count) {
        return Err(refused(format!("{count} bins, expected 1 to {MAX_BINS}")));
    }
    let (varied, values, bins) = match vary {
        None => {
            let sysctl = None;
            (None, vec![None], vec![ManyBin { scenario, sysctl }])
        }
        Some(vary) => {
            let vary = Vary::parse(&vary).map_err(refused)?;
            let values = vary
                .range
                .values(usize::try_from(count).unwrap_or(usize::MAX));
            if scenario.toml.len() * values.len() > MAX_MANY_TEXT {
                let message = format!(
                    "{} values of a scenario of {} bytes, expected at most {MAX_MANY_TEXT} bytes in all",
                    values.len(),
                    scenario.toml.len()
                );
                return Err(refused(message));
            }
            let bins: Result<Vec<ManyBin>, String> = values
                .iter()
                .map(|value| vary.at(&scenario, *value).map(ManyBin::from))
                .collect();
            let values = values.into_iter().map(Some).collect();
            (Some(vary.path), values, bins.map_err(refused)?)
        }
    };
    let planned = ServerMessage::Planned {
        run,
        runs: u64::from(runs),
        varied,
        values,
        seed,
    };
    let request = ManyRequest {
        bins,
        runs: u64::from(runs),
        seed,
        first: 0,
        keep: 1,
        noise: true,
        beside: None,
    };
    Ok((planned, request))
}
