//! Linux error numbers by name, so that a recording reads the same on every machine.
//!
//! Only the errors that a socket call can return are named; any other keeps its number (`E123`).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An `errno` value as Linux numbers them on x86-64 and ARM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

macro_rules! errnos {
    ($($name:ident $number:literal $words:literal;)*) => {
        impl Errno {
            $(pub const $name: Self = Self($number);)*
        }
        /// Number, name and what it means to the program that got it.
        const NAMES: &[(i32, &str, &str)] = &[$(($number, stringify!($name), $words)),*];
    };
}

errnos! {
    EPERM 1 "operation not permitted";
    EINTR 4 "interrupted system call";
    EIO 5 "input/output error";
    EBADF 9 "bad file descriptor";
    EAGAIN 11 "nothing to do now, or the time ran out";
    ENOMEM 12 "out of memory";
    EACCES 13 "permission denied";
    EFAULT 14 "bad address";
    EBUSY 16 "device or resource busy";
    EEXIST 17 "exists already";
    EINVAL 22 "invalid argument";
    ENFILE 23 "too many open files in system";
    EMFILE 24 "too many open files";
    EPIPE 32 "broken pipe: written after the other end was gone";
    ENOSYS 38 "function not implemented";
    ENOTSOCK 88 "not a socket";
    EDESTADDRREQ 89 "destination address required";
    EMSGSIZE 90 "message too long";
    ENOPROTOOPT 92 "option not available";
    EPROTONOSUPPORT 93 "protocol not supported";
    EOPNOTSUPP 95 "operation not supported";
    EAFNOSUPPORT 97 "address family not supported";
    EADDRINUSE 98 "address already in use";
    EADDRNOTAVAIL 99 "address not available";
    ENETDOWN 100 "network is down";
    ENETUNREACH 101 "network is unreachable";
    ECONNABORTED 103 "connection aborted from this machine";
    ECONNRESET 104 "connection reset by the other end";
    ENOBUFS 105 "no buffer space available";
    EISCONN 106 "already connected";
    ENOTCONN 107 "not connected";
    ESHUTDOWN 108 "cannot send after shutdown";
    ETIMEDOUT 110 "connection timed out";
    ECONNREFUSED 111 "connection refused";
    EHOSTDOWN 112 "host is down";
    EHOSTUNREACH 113 "no route to host";
    EALREADY 114 "already in progress";
    EINPROGRESS 115 "now in progress";
}

impl Errno {
    /// The value whose name this is: `ECONNRESET`, or `E123` for an unnamed number.
    pub fn from_name(name: &str) -> Option<Self> {
        let named = NAMES.iter().find(|(_, known, _)| *known == name);
        if let Some((number, ..)) = named {
            return Some(Self(*number));
        }
        name.strip_prefix('E')
            .and_then(|digits| digits.parse().ok())
            .map(Self)
    }

    /// What it means, in a few words; `None` for an unnamed number.
    pub fn words(self) -> Option<&'static str> {
        NAMES
            .iter()
            .find(|(number, ..)| *number == self.0)
            .map(|(.., words)| *words)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(number, ..)| *number == self.0) {
            Some((_, name, _)) => f.pad(name),
            None => f.pad(&format!("E{}", self.0)),
        }
    }
}

impl Serialize for Errno {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Errno {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| {
            serde::de::Error::invalid_value(serde::de::Unexpected::Str(&name), &"an errno name")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_agree() {
        for (number, name, _) in NAMES {
            assert_eq!(Errno::from_name(name), Some(Errno(*number)));
            assert_eq!(Errno(*number).to_string(), *name);
        }
        assert_eq!(Errno(250).to_string(), "E250");
        assert_eq!(Errno::from_name("E250"), Some(Errno(250)));
        assert_eq!(Errno::from_name("no"), None);
    }
}
