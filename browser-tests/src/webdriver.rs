//! W3C `WebDriver` over HTTP/1.1, as much as these tests use: one request, one answer, one connection.
//!
//! Source: <https://www.w3.org/TR/webdriver2/>, section 6 (protocol) and 7 (errors).

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

/// No answer of the driver takes longer; page scripts have a shorter limit of their own.
const LONGEST_ANSWER: Duration = Duration::from_secs(90);

/// One browser window under remote control.
#[derive(Debug)]
pub struct Session {
    port: u16,
    id: String,
}

impl Session {
    /// Opens a browser with these capabilities.
    ///
    /// # Errors
    /// The driver does not answer, or cannot start its browser.
    pub fn open(port: u16, capabilities: &Value) -> anyhow::Result<Self> {
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let value = request(port, "POST", "/session", Some(&body))?;
        let id = value.get("sessionId").and_then(Value::as_str);
        let id = id.context("the driver opened no session")?.to_owned();
        Ok(Self { port, id })
    }

    /// Sends a command of this session and gives its `value`.
    ///
    /// # Errors
    /// The driver's own error, in its words.
    pub fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let path = format!("/session/{}/{path}", self.id);
        request(self.port, "POST", &path, Some(body))
    }

    /// Asks for something of this session.
    ///
    /// # Errors
    /// The driver's own error, in its words.
    pub fn get(&self, path: &str) -> anyhow::Result<Value> {
        let path = format!("/session/{}/{path}", self.id);
        request(self.port, "GET", &path, None)
    }

    /// Closes the browser.
    ///
    /// # Errors
    /// It is gone already.
    pub fn close(&self) -> anyhow::Result<()> {
        request(self.port, "DELETE", &format!("/session/{}", self.id), None)?;
        Ok(())
    }
}

fn request(port: u16, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).context("reaching the driver")?;
    stream.set_read_timeout(Some(LONGEST_ANSWER))?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    let text = read_body(BufReader::new(stream)).with_context(|| format!("{method} {path}"))?;
    let answer: Value = serde_json::from_str(&text)
        .with_context(|| format!("{method} {path}: the driver answered `{text}`"))?;
    let value = answer.get("value").cloned().unwrap_or_default();
    if let Some(error) = value.get("error").and_then(Value::as_str) {
        let message = value.get("message").and_then(Value::as_str);
        bail!("{method} {path}: {error}: {}", message.unwrap_or_default());
    }
    Ok(value)
}

/// The body of one answer, of the length that its head states.
fn read_body(mut stream: BufReader<TcpStream>) -> anyhow::Result<String> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(number) = line.strip_prefix("content-length:") {
            length = number.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(String::from_utf8(body)?)
}
