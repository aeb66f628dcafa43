//! A setting of the run's namespace that the scenario does not make: `sweep --vary sysctl.NAME` makes it.
//!
//! Made before the first step and recorded as an act from outside, so that the diagnosis knows of it.

use std::fs;
use std::io;

use aftershake_shared::channel::Failure;
use aftershake_shared::event::EventBody;
use aftershake_shared::event::call::Returned;
use aftershake_shared::event::outside_acted::{OutsideAct, OutsideActed};
use aftershake_shared::units::Nanos;

/// Writes it in this thread's network namespace; gives the event that tells of it.
///
/// # Errors
/// A name that is none, one that this namespace does not have or give, or a value that the kernel refuses.
pub(super) fn set(name: &str, value: u64) -> Result<EventBody, Failure> {
    let refused = |what: String| Failure {
        code: 2,
        message: format!("sysctl.{name} = {value}: {what}"),
        remedy: "`sysctl -a --pattern '^net'` lists the settings; some belong to the whole machine"
            .to_owned(),
    };
    let path = path_of(name).ok_or_else(|| {
        refused("no name of a setting, expected one like `net.ipv4.tcp_fin_timeout`".to_owned())
    })?;
    // Opened without creating: a setting that is not there must stay so.
    let written = fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .and_then(|mut file| io::Write::write_all(&mut file, value.to_string().as_bytes()));
    written.map_err(|error| {
        let kind = error.kind();
        let for_writing = [
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ReadOnlyFilesystem,
        ];
        if kind == io::ErrorKind::NotFound {
            refused("this kernel has no such setting in a network namespace".to_owned())
        } else if for_writing.contains(&kind) {
            refused("cannot be set inside a namespace".to_owned())
        } else {
            refused(format!("the kernel refuses it: {error}"))
        }
    })?;
    Ok(EventBody::Outside(OutsideActed {
        step: None,
        act: OutsideAct::SetSysctl {
            name: name.to_owned(),
            value: value.to_string(),
        },
        took: Nanos(0),
        result: Returned::Ok(0),
    }))
}

/// `/proc/sys/net/…` for a name below `net.`, never anything else.
fn path_of(name: &str) -> Option<String> {
    let below = name.strip_prefix("net.")?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut parts = below.split('.');
    let fits = parts.all(|part| !part.is_empty() && part.chars().all(is_word));
    fits.then(|| format!("/proc/sys/net/{}", below.replace('.', "/")))
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn a_setting_is_always_below_net() {
        assert_eq!(
            path_of("net.ipv4.tcp_fin_timeout").as_deref(),
            Some("/proc/sys/net/ipv4/tcp_fin_timeout")
        );
        for name in [
            "kernel.hostname",
            "net.",
            "net..x",
            "net.../x",
            "net.ipv4/../../kernel",
            "net",
            "",
        ] {
            assert_eq!(path_of(name), None, "{name}");
        }
    }
}
