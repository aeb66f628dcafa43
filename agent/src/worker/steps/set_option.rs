//! Performs `set_option`.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::close::What;
use aftershake_shared::scenario::steps::set_option::{OptionValue, SetOption};
use socket2::Socket;

use super::{Act, Attempt, Task};
use crate::sys;
use crate::worker::endpoint::{Endpoint, Timing, errno_of};

/// Sets one option, at once.
pub(super) struct SettingOption {
    task: Task,
    option: SetOption,
}

impl SettingOption {
    pub(super) fn new(task: Task, option: &SetOption) -> Self {
        Self {
            task,
            option: option.clone(),
        }
    }
}

impl Act for SettingOption {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        let clock = endpoint.clock();
        let on = self.task.on.as_deref();
        let opened = match self.option.what {
            What::Connection => endpoint.connection(on),
            What::Listener => endpoint.listener(on),
        };
        let Some(opened) = opened.filter(|opened| opened.usable) else {
            return Attempt::Finished(StepResult::NotRun);
        };
        let place = opened.place();
        let Some(socket) = &opened.socket else {
            return Attempt::Finished(StepResult::NotRun);
        };
        let mut outcome = StepResult::Done;
        let mut made = Vec::new();
        for value in self.option.values() {
            let mut timing = Timing::default();
            let result = timing.attempt(&clock, || set(socket, value));
            let returned = match &result {
                Ok(()) => Returned::Ok(0),
                Err(error) => {
                    outcome = StepResult::Failed(errno_of(error));
                    Returned::Err(errno_of(error))
                }
            };
            made.push((timing, value, returned));
        }
        for (timing, value, returned) in made {
            let (option, value) = value.in_c();
            let call = Call::SetOption {
                option: option.to_owned(),
                value,
            };
            endpoint.record(self.task.number, timing, place, call, returned);
        }
        Attempt::Finished(outcome)
    }
}

fn set(socket: &Socket, value: OptionValue) -> io::Result<()> {
    let seconds = |seconds: u16| Duration::from_secs(u64::from(seconds));
    let number = |name: i32, value: i32| {
        sys::socket::set_int(socket.as_fd(), libc::IPPROTO_TCP, name, value)
    };
    let bytes = |bytes: u32| usize::try_from(bytes).unwrap_or(usize::MAX);
    match value {
        OptionValue::Linger { seconds: time } => socket.set_linger(Some(seconds(time))),
        OptionValue::NoDelay(on) => socket.set_tcp_nodelay(on),
        OptionValue::Keepalive(on) => socket.set_keepalive(on),
        // socket2 would switch SO_KEEPALIVE on along with each of these: a call that was not asked for.
        OptionValue::KeepaliveIdle { seconds } => number(libc::TCP_KEEPIDLE, seconds.into()),
        OptionValue::KeepaliveInterval { seconds } => number(libc::TCP_KEEPINTVL, seconds.into()),
        OptionValue::KeepaliveProbes(count) => number(libc::TCP_KEEPCNT, count.into()),
        OptionValue::UserTimeout { millis } => {
            socket.set_tcp_user_timeout(Some(Duration::from_millis(u64::from(millis))))
        }
        OptionValue::Linger2 { seconds } => number(libc::TCP_LINGER2, seconds.into()),
        OptionValue::DeferAccept { seconds } => number(libc::TCP_DEFER_ACCEPT, seconds.into()),
        OptionValue::FastOpen(queue) => number(libc::TCP_FASTOPEN, queue.into()),
        OptionValue::OutOfBandInline(on) => socket.set_out_of_band_inline(on),
        OptionValue::ReceiveBuffer(size) => socket.set_recv_buffer_size(bytes(size)),
        OptionValue::SendBuffer(size) => socket.set_send_buffer_size(bytes(size)),
    }
}
