//! The files that a run of its own leaves: its segments and its recording.
//!
//! Refused before the run, and written after its result has been said.

use std::path::Path;

use aftershake_shared::channel::Failure;
use aftershake_shared::diagnosis::finding::Diagnosis;
use aftershake_shared::export::{pcapng, recorded};
use aftershake_shared::recording::Recording;

use super::{bad_input, out_file};

/// Whether both files of a run can be written.
///
/// # Errors
/// A path that cannot, or the same one twice.
pub(super) fn check(pcap: Option<&Path>, save: Option<&Path>) -> Result<(), Failure> {
    for (option, path) in [("--pcap", pcap), ("--save", save)] {
        path.map_or(Ok(()), |path| out_file::check(option, path))?;
    }
    if let Some(path) = pcap.filter(|path| Some(*path) == save) {
        let message = format!("--pcap and --save both name {}", path.display());
        return Err(bad_input(message, "name two files"));
    }
    Ok(())
}

/// Writes a run's files after its result, which a full disk must not take away; gives the exit code of what was lost.
pub(super) fn write(
    pcap: Option<&Path>,
    save: Option<&Path>,
    recording: &Recording,
    diagnosis: &Diagnosis,
) -> Option<u8> {
    let pcap = pcap.map(|path| out_file::write(path, &pcapng::write(&recording.events, diagnosis)));
    let save =
        save.map(|path| out_file::write(path, recorded::write(recording, diagnosis).as_bytes()));
    let written = pcap.into_iter().chain(save);
    out_file::tell(written.filter_map(Result::err))
}
