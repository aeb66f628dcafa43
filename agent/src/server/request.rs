//! Reads one HTTP request head, within limits of size, count and time. Decides nothing about it.

use super::limits::{HEAD_TIME, MAX_HEAD, MAX_HEADERS};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header,
};

/// A request's head: everything before its body.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: Method,
    /// As sent, not decoded: only exact spellings are served.
    pub(super) target: String,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
}

impl Head {
    /// The target without its query.
    pub(super) fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The only value of a header; `None` if it is missing, repeated or not ASCII.
    pub(super) fn only(&self, name: HeaderName) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            (_, Some(_)) | (None, None) => None,
        }
    }

    /// Whether the client wants to send another request on this connection (RFC 9112 §9.3).
    pub(super) fn keeps_alive(&self) -> bool {
        let close = self.headers.get_all(header::CONNECTION).iter().any(|line| {
            line.as_bytes()
                .split(|byte| *byte == b',')
                .any(|word| word.trim_ascii().eq_ignore_ascii_case(b"close"))
        });
        self.version == Version::HTTP_11 && !close
    }
}

/// Why there is no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeadError {
    /// The client closed or fell silent between two requests: nothing to answer.
    Ended,
    /// To be answered with this status.
    Refused(StatusCode),
}

/// Reads a head; bytes after it stay in `buffer`.
pub(super) async fn read_head(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Result<Head, HeadError> {
    match timeout(HEAD_TIME, read_untimed(stream, buffer)).await {
        Ok(result) => result,
        Err(_) if buffer.is_empty() => Err(HeadError::Ended),
        Err(_) => Err(HeadError::Refused(StatusCode::REQUEST_TIMEOUT)),
    }
}

async fn read_untimed(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Result<Head, HeadError> {
    let mut searched = 0;
    loop {
        if has_empty_line(buffer, searched)
            && let Some((head, len)) = parse(buffer)?
        {
            buffer.drain(..len);
            return Ok(head);
        }
        searched = buffer.len();
        let room = MAX_HEAD.saturating_sub(buffer.len());
        if room == 0 {
            let first_line_ended = buffer.contains(&b'\n');
            return Err(HeadError::Refused(if first_line_ended {
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
            } else {
                StatusCode::URI_TOO_LONG
            }));
        }
        let read = stream.take(room as u64).read_buf(buffer).await;
        if read.unwrap_or(0) == 0 {
            return Err(HeadError::Ended);
        }
    }
}

/// Whether the bytes hold an empty line that ends after `searched`.
fn has_empty_line(bytes: &[u8], searched: usize) -> bool {
    let fresh = bytes.get(searched.saturating_sub(3)..).unwrap_or_default();
    fresh.windows(2).any(|pair| pair == b"\n\n") || fresh.windows(3).any(|three| three == b"\n\r\n")
}

/// `None`: the empty line stood before the request line, which RFC 9112 §2.2 allows.
fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, HeadError> {
    let mut lines = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut lines);
    let len = match request.parse(bytes) {
        Ok(httparse::Status::Complete(len)) => len,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(HeadError::Refused(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            ));
        }
        Err(httparse::Error::Version) => {
            return Err(HeadError::Refused(StatusCode::HTTP_VERSION_NOT_SUPPORTED));
        }
        Err(_) => return Err(HeadError::Refused(StatusCode::BAD_REQUEST)),
    };
    let head = into_head(&request).ok_or(HeadError::Refused(StatusCode::BAD_REQUEST))?;
    Ok(Some((head, len)))
}

fn into_head(request: &httparse::Request<'_, '_>) -> Option<Head> {
    let mut headers = HeaderMap::with_capacity(request.headers.len());
    for line in &*request.headers {
        let name = HeaderName::from_bytes(line.name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_bytes(line.value).ok()?);
    }
    Some(Head {
        method: Method::from_bytes(request.method?.as_bytes()).ok()?,
        target: request.path?.to_owned(),
        version: match request.version? {
            0 => Version::HTTP_10,
            _ => Version::HTTP_11,
        },
        headers,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    async fn read(bytes: &[u8]) -> Result<(Head, Vec<u8>), HeadError> {
        let mut stream = bytes;
        let mut buffer = Vec::new();
        let head = read_head(&mut stream, &mut buffer).await?;
        Ok((head, buffer))
    }

    #[tokio::test]
    async fn reads_a_head_and_keeps_what_follows() {
        let (head, rest) = read(b"GET /a?b HTTP/1.1\r\nHost: x\r\n\r\nmore")
            .await
            .unwrap();
        assert_eq!(head.path(), "/a");
        assert_eq!(head.only(header::HOST), Some("x"));
        assert_eq!(rest, b"more");
    }

    #[tokio::test]
    async fn a_repeated_header_has_no_only_value() {
        let (head, _) = read(b"GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(head.only(header::HOST), None);
    }

    #[tokio::test]
    async fn refuses_with_the_status_that_fits() {
        let long_target = [b"GET /", [b'a'; MAX_HEAD].as_slice()].concat();
        let many = format!(
            "GET / HTTP/1.1\r\n{}\r\n",
            "a: b\r\n".repeat(MAX_HEADERS + 1)
        );
        let long_header = format!("GET / HTTP/1.1\r\na: {}", "b".repeat(MAX_HEAD));
        let cases: [(&[u8], u16); 7] = [
            (&long_target, 414),
            (many.as_bytes(), 431),
            (long_header.as_bytes(), 431),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
            (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
            (b"GET /\0 HTTP/1.1\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400),
        ];
        for (bytes, status) in cases {
            let error = read(bytes).await.unwrap_err();
            let expected = HeadError::Refused(StatusCode::from_u16(status).unwrap());
            assert_eq!(error, expected, "{:?}", bytes.get(..30));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_is_refused_after_its_time() {
        let (mut client, mut server) = tokio::io::duplex(64);
        let feed = async move {
            use tokio::io::AsyncWriteExt;
            for byte in b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n".iter().cycle() {
                if client.write_all(&[*byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        let mut buffer = Vec::new();
        tokio::select! {
            () = feed => panic!("the server closed first"),
            result = read_head(&mut server, &mut buffer) => assert_eq!(
                result.unwrap_err(),
                HeadError::Refused(StatusCode::REQUEST_TIMEOUT)
            ),
        }
    }
}
