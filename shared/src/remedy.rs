//! What to change in a program, in the words of six languages: a few lines of code, and the error it shows.
//!
//! Texts only, apart from the causes: whoever explains a RST to a page need not carry them.

mod accept_first;
mod close_in_order;
mod connect_patiently;
mod drain;
mod heartbeat;
pub mod in_full;
mod listen;
mod look_outside;
pub mod origin;
pub mod page;

use crate::diagnosis::CauseId;
use crate::errno::Errno;

/// A language with its own way to say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    Python,
    Rust,
    Go,
    Java,
    NodeJs,
    C,
}

impl Language {
    pub const ALL: [Self; 6] = [
        Self::Python,
        Self::Rust,
        Self::Go,
        Self::Java,
        Self::NodeJs,
        Self::C,
    ];

    /// As its users write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Rust => "Rust",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::NodeJs => "Node.js",
            Self::C => "C",
        }
    }

    /// The word after the fence of a Markdown code block.
    pub const fn fence(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Rust => "rust",
            Self::Go => "go",
            Self::Java => "java",
            Self::NodeJs => "js",
            Self::C => "c",
        }
    }
}

/// What to do about a cause, the same for several of them.
#[derive(Debug)]
pub struct Remedy {
    /// A few words: `drain before closing`.
    pub title: &'static str,
    /// Where it belongs and what it does, one or two sentences.
    pub what: &'static str,
    /// In the order of [`Language::ALL`]; empty where no code of the two programs helps.
    pub code: &'static [&'static str],
    /// Commands for the machine's owner; empty where code alone helps.
    pub commands: &'static str,
}

impl Remedy {
    /// What helps against a cause.
    pub const fn of(cause: CauseId) -> &'static Self {
        match cause {
            CauseId::CloseWithUnreadData
            | CauseId::MptcpFastclose
            | CauseId::DataAfterCloseTimewait
            | CauseId::DataAfterCloseOrphan => &drain::REMEDY,
            CauseId::LingerZeroClose
            | CauseId::DisconnectAfUnspec
            | CauseId::DisconnectWithUnsentData
            | CauseId::Linger2Negative => &close_in_order::REMEDY,
            CauseId::ListenerClosedWithQueuedConnection
            | CauseId::SynRecvListenerGone
            | CauseId::AcceptQueueOverflowAbort => &accept_first::REMEDY,
            CauseId::StaleConnectionNoSocket
            | CauseId::KeepaliveTimeout
            | CauseId::NatStateLost
            | CauseId::OrphanResourcePressure
            | CauseId::SocketDestroyedByAdmin => &heartbeat::REMEDY,
            CauseId::LateSynackClientGone | CauseId::UnacceptableAckInSynSent => {
                &connect_patiently::REMEDY
            }
            CauseId::ConnectionRefused => &listen::REMEDY,
            CauseId::BadAckInHandshake
            | CauseId::SynInSynRecv
            | CauseId::MptcpJoinRejected
            | CauseId::FirewallRejectTcpReset
            | CauseId::InjectedRst => &look_outside::REMEDY,
        }
    }

    /// Its lines in one language; `None` where code does not help.
    pub fn code_in(&self, language: Language) -> Option<&'static str> {
        let at = Language::ALL.iter().position(|one| *one == language)?;
        self.code.get(at).copied()
    }
}

/// The errors that a RST, or what looks like one, shows to a program.
pub const ERRORS: [Errno; 5] = [
    Errno::ECONNRESET,
    Errno::EPIPE,
    Errno::ECONNREFUSED,
    Errno::ETIMEDOUT,
    Errno::ECONNABORTED,
];

/// What a language shows for that error; `None` for other errors.
///
/// Sources: the messages of `strerror(3)`, which all but Node.js use; Python's exception classes (PEP 3151), Java's
/// `NioSocketImpl`, Go's `net.OpError`, libuv's names.
pub fn error_text(errno: Errno, language: Language) -> Option<&'static str> {
    let texts = match errno {
        Errno::ECONNRESET => [
            "ConnectionResetError: [Errno 104] Connection reset by peer",
            "Connection reset by peer (os error 104), ErrorKind::ConnectionReset",
            "read tcp 127.0.0.1:40000->127.0.0.1:8080: read: connection reset by peer",
            "java.net.SocketException: Connection reset",
            "Error: read ECONNRESET",
            "recv: Connection reset by peer",
        ],
        Errno::EPIPE => [
            "BrokenPipeError: [Errno 32] Broken pipe",
            "Broken pipe (os error 32), ErrorKind::BrokenPipe",
            "write tcp 127.0.0.1:40000->127.0.0.1:8080: write: broken pipe",
            "java.net.SocketException: Broken pipe",
            "Error: write EPIPE",
            "send: Broken pipe, or the end by SIGPIPE without a word",
        ],
        Errno::ECONNREFUSED => [
            "ConnectionRefusedError: [Errno 111] Connection refused",
            "Connection refused (os error 111), ErrorKind::ConnectionRefused",
            "dial tcp 127.0.0.1:8080: connect: connection refused",
            "java.net.ConnectException: Connection refused",
            "Error: connect ECONNREFUSED 127.0.0.1:8080",
            "connect: Connection refused",
        ],
        Errno::ETIMEDOUT => [
            "TimeoutError: [Errno 110] Connection timed out",
            "Connection timed out (os error 110), ErrorKind::TimedOut",
            "read tcp 127.0.0.1:40000->127.0.0.1:8080: read: connection timed out",
            "java.net.SocketException: Connection timed out",
            "Error: read ETIMEDOUT",
            "recv: Connection timed out",
        ],
        Errno::ECONNABORTED => [
            "ConnectionAbortedError: [Errno 103] Software caused connection abort",
            "Software caused connection abort (os error 103), ErrorKind::ConnectionAborted",
            "read tcp 127.0.0.1:40000->127.0.0.1:8080: read: software caused connection abort",
            "java.net.SocketException: Software caused connection abort",
            "Error: read ECONNABORTED",
            "recv: Software caused connection abort",
        ],
        _ => return None,
    };
    let at = Language::ALL.iter().position(|one| *one == language)?;
    texts.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_code_in_every_language_or_commands() {
        for cause in CauseId::ALL {
            let remedy = Remedy::of(cause);
            assert!(remedy.what.ends_with('.'), "{cause}");
            match remedy.code {
                [] => assert!(!remedy.commands.is_empty(), "{cause}"),
                code => assert_eq!(code.len(), Language::ALL.len(), "{cause}"),
            }
            for language in Language::ALL {
                let code = remedy.code_in(language).unwrap_or("-");
                assert!(!code.trim().is_empty() && !code.contains('\t'), "{cause}");
                assert!(code.lines().all(|line| line.len() <= 96), "{cause}: {code}");
            }
        }
    }

    #[test]
    fn every_error_of_a_reset_is_told_in_every_language() {
        for errno in ERRORS {
            for language in Language::ALL {
                assert!(error_text(errno, language).is_some_and(|text| !text.is_empty()));
            }
        }
        assert_eq!(error_text(Errno::EAGAIN, Language::C), None);
    }
}
