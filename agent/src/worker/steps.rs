//! How each kind of step is carried out, one file each, named as in `shared`'s list of steps.
//!
//! A step is attempted without blocking until it finishes; who waits between two attempts is the order's affair.

mod accept;
mod blocking;
mod calling;
mod check_received;
mod close;
mod connect;
mod connect_unix;
mod disconnect;
mod duplicate;
mod hand_over;
mod limit_descriptors;
mod listen;
mod listen_unix;
pub(crate) mod outside;
mod receive;
mod send;
mod set_option;
mod shutdown;

use std::os::fd::RawFd;

use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::Step;
use aftershake_shared::scenario::steps::StepKind;

use crate::sys::poll::Interest;
use crate::worker::endpoint::Endpoint;

/// What came of one attempt.
pub(crate) enum Attempt {
    Finished(StepResult),
    /// Try again when this descriptor is ready.
    Waits(RawFd, Interest),
}

/// A step in progress.
pub(crate) trait Act: Send {
    /// Goes as far as it can without blocking.
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt;

    /// The step's time is over: records the call that returned without success.
    fn expire(&mut self, _endpoint: &mut Endpoint<'_>) {}
}

/// What the performing files need of their step.
#[derive(Clone)]
pub(crate) struct Task {
    /// Counts from 0.
    pub(crate) number: u32,
    /// The endpoint whose step it is.
    pub(crate) by: String,
    pub(crate) on: Option<String>,
    pub(crate) name: Option<String>,
}

/// Prepares a step; `None` for kinds that are no endpoint's act: the order carries out `exit`, `kill`, `sleep` and
/// `sample`, [`outside`] the others.
pub(crate) fn begin(number: u32, step: &Step) -> Option<Box<dyn Act>> {
    let task = Task {
        number,
        by: step.by.clone(),
        on: step.on.clone(),
        name: step.name.clone(),
    };
    Some(match &step.does {
        StepKind::Listen(listen) => Box::new(listen::Listening::new(task, listen)),
        StepKind::Accept(_) => Box::new(accept::Accepting::new(task)),
        StepKind::Connect(connect) => Box::new(connect::Connecting::new(task, connect)),
        StepKind::ListenUnix(listen) => Box::new(listen_unix::ListeningUnix::new(task, listen)),
        StepKind::ConnectUnix(connect) => {
            Box::new(connect_unix::ConnectingUnix::new(task, connect))
        }
        StepKind::Send(send) => Box::new(send::Sending::new(task, send)),
        StepKind::Receive(receive) if receive.blocks => {
            Box::new(blocking::Blocking::new(task, receive))
        }
        StepKind::Receive(receive) => Box::new(receive::Receiving::new(task, receive)),
        StepKind::CheckReceived(check) => Box::new(check_received::Checking::new(task, check)),
        StepKind::Shutdown(shutdown) => Box::new(shutdown::ShuttingDown::new(task, shutdown)),
        StepKind::Close(close) => Box::new(close::Closing::new(task, close)),
        StepKind::SetOption(option) => Box::new(set_option::SettingOption::new(task, option)),
        StepKind::Disconnect(_) => Box::new(disconnect::Disconnecting::new(task)),
        StepKind::Duplicate(duplicate) => Box::new(duplicate::Duplicating::new(task, duplicate)),
        StepKind::LimitDescriptors(limit) => {
            Box::new(limit_descriptors::Limiting::new(task, limit))
        }
        StepKind::HandOver(to) => Box::new(hand_over::HandingOver::new(task, to)),
        StepKind::Exit(_)
        | StepKind::Kill(_)
        | StepKind::Sleep(_)
        | StepKind::Sample(_)
        | StepKind::Destroy(_)
        | StepKind::AddRule(_)
        | StepKind::RemoveRule(_)
        | StepKind::SetSysctl(_)
        | StepKind::Forge(_)
        | StepKind::AddAddress(_)
        | StepKind::RemoveAddress(_)
        | StepKind::SetLink(_)
        | StepKind::ForgetNat(_) => return None,
    })
}
