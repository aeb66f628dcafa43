//! A plain file server, as any is: a folder below a path, on an origin of its own, with the headers that it is given.
//!
//! For tests of what is put on other people's servers. Serves GET, one request a connection.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;

use anyhow::Context as _;

/// The folder of built pages that a variable of the environment names.
///
/// # Errors
/// It names none.
pub fn built(variable: &str) -> anyhow::Result<PathBuf> {
    let folder = env::var_os(variable)
        .with_context(|| format!("{variable} names no folder: run `cargo xtask test`"))?;
    Ok(PathBuf::from(folder))
}

/// What a server serves.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// The folder, and below which path it is found: `/a/b/c`, or nothing.
    pub folder: Option<(String, PathBuf)>,
    /// Pages by path, before any file.
    pub pages: BTreeMap<String, String>,
    /// Sent with every answer.
    pub headers: Vec<String>,
}

/// A running server; its thread ends with the process.
#[derive(Clone, Copy, Debug)]
pub struct FileServer {
    pub port: u16,
}

impl FileServer {
    /// Serves on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// No port is free.
    pub fn start(served: Served) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let served = Arc::new(served);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = Arc::clone(&served);
                // Who hangs up early gets no answer.
                thread::spawn(move || answer(stream, &served));
            }
        });
        Ok(Self { port })
    }

    /// Where it is, without a last slash.
    pub fn origin(self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn answer(mut stream: TcpStream, served: &Served) -> std::io::Result<()> {
    let mut request = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    request.read_line(&mut line)?;
    let mut header = String::new();
    while request.read_line(&mut header)? > 2 {
        header.clear();
    }
    let target = line.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let (status, kind, body) = match find(path, served) {
        Some((kind, body)) => ("200 OK", kind, body),
        None => ("404 Not Found", "text/plain", Vec::new()),
    };
    let headers: Vec<_> = served
        .headers
        .iter()
        .map(|one| one.to_owned() + "\r\n")
        .collect();
    let headers = headers.concat();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}

fn find(path: &str, served: &Served) -> Option<(&'static str, Vec<u8>)> {
    if let Some(page) = served.pages.get(path) {
        return Some(("text/html; charset=utf-8", page.clone().into_bytes()));
    }
    let (below, folder) = served.folder.as_ref()?;
    let inside = path.strip_prefix(below.as_str())?.strip_prefix('/')?;
    let is_plain = Path::new(inside)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let mut file = folder.join(inside);
    if file.is_dir() {
        file = file.join("index.html");
    }
    let bytes = fs::read(&file).ok().filter(|_| is_plain)?;
    let kind = match file.extension().and_then(|ending| ending.to_str()) {
        Some("css") => "text/css",
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("jsonl") => "application/jsonl",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    };
    Some((kind, bytes))
}
