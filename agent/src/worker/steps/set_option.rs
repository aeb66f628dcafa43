//! Performs `set_option`.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use aftershake_shared::event::call::Call;
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::set_option::{OptionValue, SetOption};
use socket2::Socket;

use super::{Act, Attempt, Task, calling};
use crate::sys;
use crate::worker::endpoint::Endpoint;

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
        let mut outcome = StepResult::Done;
        for value in self.option.values() {
            let (option, in_c) = value.in_c();
            let call = Call::SetOption {
                option: option.to_owned(),
                value: in_c,
            };
            let what = self.option.what;
            let result = calling::once(&self.task, endpoint, what, call, |socket| {
                set(socket, value)
            });
            if result != StepResult::Done {
                outcome = result;
            }
        }
        Attempt::Finished(outcome)
    }
}

/// Sets an option as the system call does.
pub(super) fn set(socket: &Socket, value: OptionValue) -> io::Result<()> {
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
        OptionValue::Signed(on) => sys::socket::sign(socket.as_fd(), on),
        OptionValue::ReceiveBuffer(size) => socket.set_recv_buffer_size(bytes(size)),
        OptionValue::SendBuffer(size) => socket.set_send_buffer_size(bytes(size)),
    }
}
