//! A command in this thread's network namespace and in a process namespace of its own: nothing it starts outlives it.

use std::io;
use std::process::{Child, Command};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::sys::namespace;
use crate::sys::thread::end_with_starter;

/// A command under way. It is killed when this is dropped, with everything that it has started.
pub(crate) struct Enclosed {
    pub(crate) child: Child,
    /// The thread that started the command ends when this is dropped.
    _starter: Sender<()>,
}

/// Starts it.
///
/// # Errors
/// What the kernel says to a new thread or process.
pub(crate) fn start(mut command: Command) -> io::Result<Enclosed> {
    let (gone, starter_may_end) = channel::<()>();
    let (sender, started) = channel();
    end_with_starter(&mut command);
    // A thread of its own, since whoever has enclosed its children can start no thread any more. The command
    // ends with it, and everything that the command has started ends with the command.
    thread::Builder::new()
        .name("starter".to_owned())
        .spawn(move || {
            let _ = namespace::enclose_children();
            let _ = sender.send(command.spawn());
            let _ = starter_may_end.recv();
        })?;
    let child = started.recv().map_err(io::Error::other)??;
    Ok(Enclosed {
        child,
        _starter: gone,
    })
}
