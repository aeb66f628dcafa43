//! One HTTP answer and the headers that every answer carries, errors and the upgrade included.

use std::borrow::Cow;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::http::StatusCode;

/// On every answer. There is no `Access-Control-*` header and there must never be one.
///
/// Source: Content Security Policy Level 3; Fetch (CORP, nosniff); HTML (COOP); Referrer Policy.
const SECURITY_HEADERS: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
         style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; \
         form-action 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    (
        "permissions-policy",
        "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), \
         payment=(), serial=(), usb=()",
    ),
    // Nothing of one agent may be found in a cache by the next program on the same port.
    ("cache-control", "no-store"),
];

/// What is sent back for one request.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: Vec<(&'static str, Cow<'static, str>)>,
    body: Cow<'static, [u8]>,
}

impl Answer {
    /// An answer with a body of this type.
    pub(super) fn file(content_type: &'static str, body: &'static [u8]) -> Self {
        Self {
            status: StatusCode::OK,
            headers: vec![("content-type", Cow::Borrowed(content_type))],
            body: Cow::Borrowed(body),
        }
    }

    /// An answer without a body.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Cow::Borrowed(&[]),
        }
    }

    /// A sentence for whoever looks at the answer; must not repeat what the client sent.
    pub(super) fn text(status: StatusCode, sentence: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type", Cow::Borrowed("text/plain; charset=utf-8"))],
            body: Cow::Owned(format!("{sentence}\n").into_bytes()),
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Whether the connection ends after it: everything but a file and the upgrade.
    pub(super) fn ends_connection(&self) -> bool {
        !matches!(
            self.status,
            StatusCode::OK | StatusCode::NOT_FOUND | StatusCode::SWITCHING_PROTOCOLS
        )
    }

    /// Writes head and, unless the request was HEAD, body.
    pub(super) async fn write(
        &self,
        stream: &mut (impl AsyncWrite + Unpin),
        body: Body,
        connection: Connection,
    ) -> std::io::Result<()> {
        let mut bytes = self.head(connection);
        let body = match body {
            Body::Sent => self.body.as_ref(),
            Body::LeftOut => &[],
        };
        if body.len() <= 16 * 1024 {
            bytes.extend_from_slice(body);
            stream.write_all(&bytes).await?;
        } else {
            stream.write_all(&bytes).await?;
            stream.write_all(body).await?;
        }
        stream.flush().await
    }

    fn head(&self, connection: Connection) -> Vec<u8> {
        let reason = self.status.canonical_reason().unwrap_or_default();
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status.as_u16());
        let mut line = |name: &str, value: &str| {
            for part in [name, ": ", value, "\r\n"] {
                head.push_str(part);
            }
        };
        for (name, value) in &self.headers {
            line(name, value);
        }
        for (name, value) in SECURITY_HEADERS {
            line(name, value);
        }
        if self.status != StatusCode::SWITCHING_PROTOCOLS {
            line("content-length", &self.body.len().to_string());
            match connection {
                Connection::KeepAlive => {}
                Connection::Close => line("connection", "close"),
            }
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// Whether the body follows its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Sent,
    /// The request was HEAD.
    LeftOut,
}

/// Whether another request may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    KeepAlive,
    Close,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_carries_the_security_headers() {
        for answer in [
            Answer::empty(StatusCode::FORBIDDEN),
            Answer::text(StatusCode::UNAUTHORIZED, "no"),
            Answer::file("text/css", b"a{}"),
            Answer::empty(StatusCode::SWITCHING_PROTOCOLS),
        ] {
            let head = String::from_utf8(answer.head(Connection::Close)).unwrap();
            for (name, value) in SECURITY_HEADERS {
                assert!(head.contains(&format!("\r\n{name}: {value}\r\n")), "{head}");
            }
            assert!(!head.contains("access-control"));
        }
    }
}
