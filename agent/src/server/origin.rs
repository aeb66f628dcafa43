//! A web origin as browsers write it in `Origin`: compared whole, never by pattern.

use std::fmt;
use std::str::FromStr;

/// `scheme://host` or `scheme://host:port`, in the one spelling that browsers send (RFC 6454 §6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The spelling to compare with a header's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Why text is not an origin that can be allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    #[error("`{0}` would allow every page; name one origin, like https://docs.example")]
    Any(String),
    #[error("`{0}` does not begin with http:// or https://")]
    Scheme(String),
    #[error("`{found}` is not spelled as browsers send it: expected {expected}")]
    Spelling { found: String, expected: String },
    #[error("`{0}` names no host")]
    Host(String),
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "null" || text.contains('*') {
            return Err(OriginError::Any(text.to_owned()));
        }
        let (scheme, rest) = text
            .split_once("://")
            .filter(|(scheme, _)| matches!(*scheme, "http" | "https"))
            .ok_or_else(|| OriginError::Scheme(text.to_owned()))?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let default_port = if scheme == "http" { ":80" } else { ":443" };
        let host_and_port = authority.strip_suffix(default_port).unwrap_or(authority);
        if !is_host_and_port(host_and_port) {
            return Err(OriginError::Host(text.to_owned()));
        }
        let expected = format!("{scheme}://{}", host_and_port.to_ascii_lowercase());
        if expected == text {
            Ok(Self(expected))
        } else {
            let found = text.to_owned();
            Err(OriginError::Spelling { found, expected })
        }
    }
}

/// A name, an IPv4 address or a bracketed IPv6 address, and perhaps a port. No user name.
fn is_host_and_port(text: &str) -> bool {
    let bracket = text.rfind(']').unwrap_or(0);
    let (host, port) = match text.rfind(':').filter(|at| *at > bracket) {
        Some(at) => (
            text.get(..at).unwrap_or_default(),
            text.get(at + 1..).map(str::parse::<u16>),
        ),
        None => (text, None),
    };
    let name = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
    };
    let host_is_good = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => name(host),
    };
    host_is_good && !matches!(port, Some(Err(_) | Ok(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_browsers_send() {
        for text in [
            "https://docs.example",
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses_what_would_never_match_or_match_too_much() {
        for text in [
            "*",
            "null",
            "https://*.example",
            "docs.example",
            "https://",
            "https://docs.example/",
            "https://docs.example/page",
            "https://Docs.example",
            "https://docs.example:443",
            "http://docs.example:80",
            "https://user@docs.example",
            "https://docs.example:0",
            "https://docs.example:70000",
            "file:///tmp",
            "http://[::1",
            "http://a b",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }
}
