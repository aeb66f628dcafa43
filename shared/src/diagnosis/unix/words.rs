//! What is said of a pair of `AF_UNIX` sockets, in sentences; what happened to it is found out elsewhere.

use super::told::Told;
use super::{First, Means, Seen, Shut};
use crate::connection::Role;
use crate::diagnosis::headline::{bytes, capital};
use crate::diagnosis::reset::the;
use crate::errno::Errno;

const NO_TCP: &str = "An AF_UNIX socket is not TCP: it happened inside the kernel, and there is no segment to look for.";
const READ_TO_THE_END: &str = "Read until recv returns 0, the other end’s end of file, before closing; or agree where a message ends and read all of it. Do not look for a RST: a capture cannot hold one.";

/// The sentences of a verdict.
#[derive(Default)]
pub(super) struct Words {
    pub(super) headline: String,
    pub(super) explanation: String,
    pub(super) fix: &'static str,
    pub(super) kernel_function: &'static str,
}

impl Seen<'_, '_> {
    pub(super) fn open(&self) -> Words {
        Words {
            headline: format!(
                "No reset: the AF_UNIX connection of {} and {} was still open at the end.",
                self.name(Role::Client),
                self.name(Role::Server)
            ),
            ..Words::default()
        }
    }

    pub(super) fn not_connected(&self, errno: Errno) -> Words {
        let (client, name) = (self.name(Role::Client), &self.pair.name);
        let why = if errno == Errno::ECONNREFUSED {
            format!("Nobody listened at @{name} at that moment.")
        } else if errno == Errno::EAGAIN {
            format!(
                "The queue of whoever listens at @{name} was full; a call that may block would have waited."
            )
        } else {
            String::new()
        };
        Words {
            headline: format!(
                "Over AF_UNIX, with no packet and no RST: connect(@{name}) of {client} was told {errno}."
            ),
            explanation: format!("{NO_TCP} {why}").trim_end().to_owned(),
            fix: if errno == Errno::ECONNREFUSED {
                "Start listening before anybody connects, and try again with a pause where the start takes time."
            } else if errno == Errno::EAGAIN {
                "Accept faster, or listen with a longer backlog."
            } else {
                ""
            },
            kernel_function: "unix_stream_connect",
        }
    }

    pub(super) fn never_accepted(&self, first: &First, told: &[Told]) -> Words {
        let (server, client) = (self.name(Role::Server), self.name(Role::Client));
        let who = self.who(first, "listener");
        let went = match first.means {
            Means::Process => format!("{who} ended ({}) before it accepted {client}", first.how),
            Means::Close | Means::Return if self.is_own(first) => {
                format!("{server} closed its listener before it accepted {client}")
            }
            Means::Close | Means::Return => {
                format!("{who} closed it before it accepted {client}")
            }
        };
        Words {
            headline: format!(
                "Over AF_UNIX, with no packet and no RST: {went}{}.",
                self.told_words(first.role.other(), told)
            ),
            explanation: format!(
                "{NO_TCP} The connection was still in the queue of @{} at {}, so unix_release_sock set ECONNRESET on the other end.",
                self.pair.name, first.how
            ),
            fix: "Accept what waits in the queue before closing the listener, or hand the listener over.",
            kernel_function: "unix_release_sock",
        }
    }

    /// An error without anything in the calls that brings it about: a cut recording.
    pub(super) fn unexplained(&self, told: &[Told]) -> Words {
        let victim = told.iter().find(|told| told.is_reset());
        let victim = victim.map_or_else(String::new, |told| self.name(told.role));
        Words {
            headline: format!(
                "Over AF_UNIX, with no packet and no RST: {victim} was told ECONNRESET."
            ),
            explanation: format!("{NO_TCP} The recorded calls do not say why."),
            ..Words::default()
        }
    }

    pub(super) fn left_unread(&self, first: &First, told: &[Told]) -> Words {
        let (closer, other) = (self.name(first.role), self.name(first.role.other()));
        let left = bytes(first.unread);
        let sent = self.sent(first.role.other(), first.ended.at);
        let read = self.read(first.role);
        let counted = if sent.saturating_sub(read) == first.unread {
            let sent = bytes(sent);
            let read = if self.read_by_itself(first.role) {
                format!("{closer} had read {read} of them")
            } else {
                format!("{read} of them had been read")
            };
            format!("{} had sent {sent}, and {read}", capital(&other))
        } else {
            format!("{left} that had come to {closer} were unread")
        };
        let (who, how) = (self.who(first, "socket"), &first.how);
        let went = match first.means {
            Means::Process => format!("{who} ended ({how})"),
            Means::Close => format!("{who} closed"),
            Means::Return => format!("{who} let go of its closed socket as {how} returned,"),
        };
        Words {
            headline: format!(
                "Over AF_UNIX, with no packet and no RST: {went} with {left} unread{}.",
                self.told_words(first.role.other(), told)
            ),
            explanation: format!(
                "{NO_TCP} {counted} at {}. A queue that is not empty makes unix_release_sock set ECONNRESET on the other end, where one recv is told it.",
                first.how
            ),
            fix: READ_TO_THE_END,
            kernel_function: "unix_release_sock",
        }
    }

    pub(super) fn in_order(&self, first: &First, told: &[Told]) -> Words {
        let closer = self.name(first.role);
        let (who, how) = (self.who(first, "socket"), &first.how);
        let went = match first.means {
            Means::Process => format!("{who} ended first ({how})"),
            Means::Close if self.is_own(first) => format!("{who} closed its AF_UNIX socket first"),
            Means::Close => format!("{who} closed it first"),
            Means::Return => {
                format!("{who} let go of its closed AF_UNIX socket first, as {how} returned")
            }
        };
        let received = self.read(first.role);
        let read = if received > 0 && !self.read_by_itself(first.role) {
            let received = bytes(received);
            format!("All of the {received} that had come to {closer} had been read")
        } else if received > 0 {
            format!(
                "{} had read all of the {} that had come",
                capital(&closer),
                bytes(received)
            )
        } else {
            format!("Nothing that had come to {closer} was left unread")
        };
        let broken = told.iter().any(|told| told.is_error);
        Words {
            headline: format!(
                "No reset: {went}{}.",
                self.told_words(first.role.other(), told)
            ),
            explanation: format!(
                "{read}, so unix_release_sock set no error on the other end.{} An AF_UNIX socket is not TCP: there is no FIN either, and no segment at all.",
                if broken {
                    " A send to an end that is gone is a broken pipe (unix_stream_sendmsg)."
                } else {
                    ""
                }
            ),
            fix: "",
            kernel_function: "unix_release_sock",
        }
    }

    pub(super) fn shut_down(&self, shut: &Shut, told: &[Told]) -> Words {
        let Shut { role, by, how } = shut;
        Words {
            headline: format!(
                "No reset: {} ended its sending first, by shutdown({how}) on an AF_UNIX socket{}.",
                the(by),
                self.told_words(role.other(), told)
            ),
            explanation: "An AF_UNIX socket is not TCP: there is no FIN, and no segment at all."
                .to_owned(),
            fix: "",
            kernel_function: "unix_shutdown",
        }
    }

    /// Whether the endpoint that this end is called by let go of it.
    fn is_own(&self, first: &First) -> bool {
        first.by == self.end(first.role).name
    }

    /// Who let go: `the server`, `the process of the server`, `other, which held the socket of the server,`.
    fn who(&self, first: &First, what: &str) -> String {
        let by = the(&first.by);
        let who = match first.means {
            Means::Process => format!("the process of {by}"),
            Means::Close | Means::Return => by,
        };
        if self.is_own(first) {
            return who;
        }
        let name = self.name(first.role);
        format!("{who}, which held the {what} of {name},")
    }

    /// `, and the client was told EPIPE, then ECONNRESET`.
    fn told_words(&self, role: Role, told: &[Told]) -> String {
        let own = || told.iter().filter(|told| told.role == role);
        let met_error = own().any(|told| told.is_error);
        let mut results: Vec<&str> = Vec::new();
        let mut by: Vec<&str> = Vec::new();
        for one in own().filter(|told| told.is_error || (!met_error && told.saw.result == "EOF")) {
            if !results.contains(&one.saw.result.as_str()) {
                results.push(&one.saw.result);
            }
            if !by.contains(&one.saw.by.as_str()) && by.len() < 2 {
                by.push(&one.saw.by);
            }
        }
        let name = self.name(role);
        if results.is_empty() {
            return format!("; no call of {name} met it");
        }
        let name = match by.as_slice() {
            [only] => the(only),
            _ => name,
        };
        format!(", and {name} was told {}", results.join(", then "))
    }
}
