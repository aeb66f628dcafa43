//! The files that a run on show becomes, each as `aftershake export` writes it.

use aftershake_shared::export::format::Format;
use aftershake_shared::export::snippet::file_stem;
use aftershake_shared::recording::Recording;

use crate::store::run_events::RunEvents;

/// The file's bytes, as [`Format::write`] gives them. `None` without a verdict.
pub fn write(format: Format, run: &RunEvents) -> Option<Vec<u8>> {
    let recording = Recording {
        header: run.header.as_deref()?.clone(),
        events: run.events.to_vec(),
    };
    Some(format.write(&recording, run.diagnosis.as_deref()?))
}

/// The file's name.
pub fn file_name(format: Format, run: &RunEvents) -> String {
    let name = run
        .header
        .as_ref()
        .map(|header| header.scenario.name.as_str());
    file_stem(name.unwrap_or_default()) + format.file().0
}
