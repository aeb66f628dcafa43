//! The one gate before any routing: every request passes it, for a file as for the channel.
//!
//! It stops pages of other origins (also after DNS rebinding) from reaching anything here. Who may use
//! the channel is decided after it, by the token, in `upgrade`.

use tokio_tungstenite::tungstenite::http::{HeaderName, Method, StatusCode, header};

use super::origin::Origin;
use super::request::Head;
use aftershake_shared::channel;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What requests must look like.
#[derive(Debug)]
pub(super) struct Gate {
    /// `127.0.0.1:4747`, `localhost:4747`, `[::1]:4747`, and the same with a forwarded port.
    hosts: Vec<String>,
    own_origins: Vec<String>,
    allowed_origins: Vec<Origin>,
}

/// Why a request does not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// `Host` is missing, repeated, or not one of ours.
    Host(String),
    /// `Origin` is repeated, or neither ours nor allowed.
    Origin(String),
    /// A page elsewhere asks for a file as a part of itself.
    CrossSite,
    /// Neither GET nor HEAD.
    Method,
    /// The target is not a path.
    Target,
    /// The request has a body.
    Body,
}

impl Refusal {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::Host(_) | Self::Origin(_) | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Target | Self::Body => StatusCode::BAD_REQUEST,
        }
    }

    /// What to tell the person at the terminal, who may have meant to allow it; never the token.
    pub(super) fn notice(&self) -> Option<String> {
        match self {
            Self::Host(host) => Some(format!(
                "refused a request for host {}; for a forwarded port, start with --public-port",
                printable(host)
            )),
            Self::Origin(origin) => Some(format!(
                "refused a page of origin {}; to let it in, start with --allow-origin",
                printable(origin)
            )),
            Self::CrossSite | Self::Method | Self::Target | Self::Body => None,
        }
    }
}

/// Hostile text on its way to a terminal: quoted, escaped and short.
fn printable(text: &str) -> String {
    let short: String = text.chars().take(80).collect();
    format!("\"{}\"", short.escape_default())
}

impl Gate {
    /// `public_port` is the port that a forwarder in front of us listens on.
    pub(super) fn new(port: u16, public_port: Option<u16>, allowed_origins: Vec<Origin>) -> Self {
        let mut hosts = Vec::new();
        for port in [Some(port), public_port].into_iter().flatten() {
            for host in ["127.0.0.1", "localhost", "[::1]"] {
                hosts.push(authority(host, port));
            }
        }
        Self {
            own_origins: hosts.iter().map(|host| format!("http://{host}")).collect(),
            hosts,
            allowed_origins,
        }
    }

    /// Checks everything but the token.
    pub(super) fn check(&self, head: &Head) -> Result<(), Refusal> {
        let host = head.only(header::HOST).unwrap_or_default();
        if !self.hosts.iter().any(|ours| ours == host) {
            return Err(Refusal::Host(all_values(head, header::HOST)));
        }
        let has_origin = head.headers.contains_key(header::ORIGIN);
        if has_origin && !self.admits(head.only(header::ORIGIN)) {
            return Err(Refusal::Origin(all_values(head, header::ORIGIN)));
        }
        if !matches!(head.method, Method::GET | Method::HEAD) {
            return Err(Refusal::Method);
        }
        if !head.target.starts_with('/') {
            return Err(Refusal::Target);
        }
        if has_body(head) {
            return Err(Refusal::Body);
        }
        if head.path() != channel::PATH && is_part_of_a_foreign_page(head) {
            return Err(Refusal::CrossSite);
        }
        Ok(())
    }

    fn admits(&self, origin: Option<&str>) -> bool {
        origin.is_some_and(|origin| {
            self.own_origins.iter().any(|ours| ours == origin)
                || self.allowed_origins.iter().any(|a| a.as_str() == origin)
        })
    }
}

/// Host and port as in a URL: browsers leave out port 80.
pub(super) fn authority(host: &str, port: u16) -> String {
    match port {
        80 => host.to_owned(),
        _ => format!("{host}:{port}"),
    }
}

fn all_values(head: &Head, name: HeaderName) -> String {
    let values = head.headers.get_all(name).iter();
    let words: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    words.join(", ")
}

/// A body, or the announcement of one (RFC 9112 §6).
fn has_body(head: &Head) -> bool {
    let lengths = head.headers.get_all(header::CONTENT_LENGTH);
    head.headers.contains_key(header::TRANSFER_ENCODING) || lengths.iter().any(|len| len != "0")
}

/// Browsers say by Fetch Metadata that a page elsewhere includes us as script, image or frame.
/// A link to our page is a navigation and passes; programs that are no browser say nothing and pass.
fn is_part_of_a_foreign_page(head: &Head) -> bool {
    let is = |name: HeaderName, values: &[&str]| {
        head.only(name).is_some_and(|value| values.contains(&value))
    };
    let own = !head.headers.contains_key(FETCH_SITE) || is(FETCH_SITE, &["same-origin", "none"]);
    let link = is(FETCH_MODE, &["navigate"]) && is(FETCH_DEST, &["document"]);
    !own && !link
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_tungstenite::tungstenite::http::{HeaderMap, Version};

    fn check(method: &str, target: &str, lines: &[(&'static str, &str)]) -> Result<(), u16> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let head = Head {
            method: method.parse().unwrap(),
            target: target.to_owned(),
            version: Version::HTTP_11,
            headers,
        };
        let allowed = vec!["https://docs.example".parse().unwrap()];
        Gate::new(4747, Some(9000), allowed)
            .check(&head)
            .map_err(|refusal| refusal.status().as_u16())
    }

    #[test]
    fn our_spellings_with_our_ports_pass() {
        for host in ["127.0.0.1:4747", "localhost:4747", "[::1]:4747"] {
            let origin = format!("http://{host}");
            assert_eq!(check("GET", "/", &[("host", host)]), Ok(()));
            let lines = [("host", host), ("origin", origin.as_str())];
            assert_eq!(check("HEAD", "/", &lines), Ok(()));
        }
        assert_eq!(check("GET", "/", &[("host", "127.0.0.1:9000")]), Ok(()));
    }

    #[test]
    fn an_allowed_origin_passes_and_its_likes_do_not() {
        let with = |origin| {
            check(
                "GET",
                "/",
                &[("host", "localhost:4747"), ("origin", origin)],
            )
        };
        assert_eq!(with("https://docs.example"), Ok(()));
        for origin in [
            "https://docs.example.evil",
            "http://docs.example",
            "https://docs.example:8443",
            "https://DOCS.example",
            "",
        ] {
            assert_eq!(with(origin), Err(403), "{origin}");
        }
    }

    #[test]
    fn a_foreign_origin_is_refused_before_its_method_is_looked_at() {
        let lines = [
            ("host", "localhost:4747"),
            ("origin", "https://evil.example"),
        ];
        assert_eq!(check("OPTIONS", "/", &lines), Err(403));
        assert_eq!(check("OPTIONS", "/", &lines[..1]), Err(405));
    }

    #[test]
    fn bodies_and_other_targets_are_refused() {
        let with = |name, value| check("GET", "/", &[("host", "localhost:4747"), (name, value)]);
        assert_eq!(with("content-length", "0"), Ok(()));
        assert_eq!(with("content-length", "5"), Err(400));
        assert_eq!(with("transfer-encoding", "chunked"), Err(400));
        let target = "http://localhost:4747/";
        assert_eq!(
            check("GET", target, &[("host", "localhost:4747")]),
            Err(400)
        );
    }

    #[test]
    fn a_foreign_page_may_link_here_but_not_include_us() {
        let with = |site, mode, dest| {
            let lines = [
                ("host", "localhost:4747"),
                ("sec-fetch-site", site),
                ("sec-fetch-mode", mode),
                ("sec-fetch-dest", dest),
            ];
            check("GET", "/", &lines)
        };
        assert_eq!(with("cross-site", "navigate", "document"), Ok(()));
        assert_eq!(with("same-origin", "no-cors", "script"), Ok(()));
        assert_eq!(with("none", "navigate", "document"), Ok(()));
        assert_eq!(with("cross-site", "navigate", "iframe"), Err(403));
        assert_eq!(with("cross-site", "no-cors", "script"), Err(403));
        assert_eq!(with("same-site", "no-cors", "image"), Err(403));
    }

    #[test]
    fn notices_escape_what_a_stranger_wrote() {
        let notice = Refusal::Host("a\u{1b}[31m".to_owned()).notice().unwrap();
        assert!(notice.contains("\\u{1b}[31m"), "{notice}");
    }
}
