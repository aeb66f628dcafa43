//! Performs `set_sysctl`: writes a parameter of the thread's own network namespace.
//!
//! `/proc/sys/net` shows whoever opens a file its own namespace's value. Source: `net/sysctl_net.c`.

use std::fs;

use aftershake_shared::event::outside_acted::OutsideAct;
use aftershake_shared::scenario::steps::set_sysctl::SetSysctl;

use super::{Done, NotHere};

/// Sets it. The scenario's check has let only names of the namespace through.
pub(super) fn set(set: &SetSysctl) -> Done {
    let value = set.value.to_string();
    let path = format!("/proc/sys/{}", set.name.replace('.', "/"));
    // Opened without creating: a parameter that is not there must stay so.
    let answer = fs::OpenOptions::new()
        .write(true)
        .open(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, value.as_bytes()));
    let name = set.name.clone();
    let act = OutsideAct::SetSysctl {
        name: name.clone(),
        value,
    };
    Done::told(act, answer)
        .missing(&[libc::ENOENT], || NotHere {
            what: format!("this kernel has no {name} in a network namespace"),
            remedy: "use a newer kernel, or load the module that brings it",
        })
        .missing(&[libc::EACCES, libc::EPERM, libc::EROFS], || NotHere {
            what: format!("{name} cannot be written here"),
            remedy: "run where /proc/sys is writable: in a container, with /proc mounted for writing",
        })
}
