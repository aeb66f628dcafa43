//! Why a command ended early: a code, what was wrong, and what to do about it.

/// One reason to stop, in words. The codes are those of `aftershake` itself.
#[derive(Debug)]
pub(crate) struct Stop {
    /// 1 a check failed, 2 bad usage, 3 something is missing, 4 internal, 130 interrupted.
    pub(crate) code: u8,
    pub(crate) what: String,
    /// What the reader can do or type; empty when the output above says it.
    pub(crate) remedy: String,
}

impl Stop {
    /// A check said no.
    pub(crate) fn failed(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code: 1,
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// The command line was not understood.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self {
            code: 2,
            what: what.into(),
            remedy: "`cargo xtask help` lists the commands".to_owned(),
        }
    }

    /// This machine lacks something; `remedy` is what to type.
    pub(crate) fn missing(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code: 3,
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// A file or a program did not behave as it should.
    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self {
            code: 4,
            what: what.into(),
            remedy: String::new(),
        }
    }

    /// The user pressed Ctrl+C.
    pub(crate) fn interrupted() -> Self {
        Self {
            code: 130,
            what: "interrupted".to_owned(),
            remedy: String::new(),
        }
    }
}
