//! Starts an agent in this process and speaks to it as a client would.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use aftershake::server::{Server, ServerOptions};
use aftershake_shared::channel::{ClientMessage, ServerMessage};
use aftershake_shared::event::Source;
use aftershake_shared::recording::ScenarioText;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

/// Longest wait for anything in these tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a thread of its own, ended when dropped.
pub(crate) struct Agent {
    pub(crate) port: u16,
    pub(crate) token: String,
    /// What it said to the person at the terminal.
    pub(crate) talk: Arc<Mutex<Vec<String>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Agent {
    pub(crate) fn start() -> Self {
        Self::start_allowing(&[])
    }

    pub(crate) fn start_allowing(origins: &[&str]) -> Self {
        let talk = Arc::new(Mutex::new(Vec::new()));
        let said = Arc::clone(&talk);
        let options = ServerOptions {
            port: 0,
            public_port: None,
            allowed_origins: origins.iter().map(|o| o.parse().unwrap()).collect(),
            worker_program: PathBuf::from(env!("CARGO_BIN_EXE_aftershake")),
            evidence: Source::ALL.to_vec(),
            talk: Box::new(move |sentence| said.lock().unwrap().push(sentence.to_owned())),
        };
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let server = Server::bind(options).await.unwrap();
                let token = server.token().as_str().to_owned();
                tell.send((server.port(), token)).unwrap();
                let _ = server.serve(stopped).await;
            });
        });
        let (port, token) = told.recv_timeout(PATIENCE).unwrap();
        Self {
            port,
            token,
            talk,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn connect(&self) -> Steady {
        connect(self.port)
    }

    /// Sends raw bytes and reads one answer.
    pub(crate) fn ask(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        // A refusing server may close while we still write; its answer counts.
        let _ = stream.write_all(bytes);
        Answer::read(&mut stream)
    }

    /// A request with our Host and these further header lines.
    pub(crate) fn get(&self, target: &str, lines: &[&str]) -> Answer {
        let port = self.port;
        let host = format!("Host: 127.0.0.1:{port}");
        let lines = [&[host.as_str()], lines].concat().join("\r\n");
        let head = format!("GET {target} HTTP/1.1\r\n{lines}\r\n\r\n");
        self.ask(head.as_bytes())
    }

    /// An upgrade with these header lines beside the usual ones.
    pub(crate) fn upgrade(&self, lines: &[&str]) -> Answer {
        let usual = [
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ];
        self.get("/ws", &[&usual, lines].concat())
    }

    /// An open channel of a program, after its welcome.
    pub(crate) fn channel(&self) -> Channel {
        Channel::open(self.port, &self.token)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// A stream that is not disturbed by signals, which the end of a worker sends to this process.
pub(crate) struct Steady(pub(crate) TcpStream);

fn retried<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        let result = call();
        if !matches!(&result, Err(error) if error.kind() == io::ErrorKind::Interrupted) {
            return result;
        }
    }
}

impl Read for Steady {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        retried(|| self.0.read(bytes))
    }
}

impl Write for Steady {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        retried(|| self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn connect(port: u16) -> Steady {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    Steady(stream)
}

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// 0 if the connection ended without an answer.
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn read(stream: &mut Steady) -> Self {
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(b"\r\n\r\n") {
            match stream.read(&mut byte) {
                Ok(1) => bytes.push(byte[0]),
                _ => break,
            }
        }
        let head = String::from_utf8(bytes).unwrap().to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
        let mut answer = Self {
            status: status.unwrap_or(0),
            head,
            body: Vec::new(),
        };
        let len: usize = answer
            .header("content-length")
            .map_or(0, |len| len.parse().unwrap());
        let mut body = stream.take(len as u64);
        body.read_to_end(&mut answer.body).unwrap();
        answer
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(key, _)| *key == name);
        found.next().map(|(_, value)| value)
    }
}

/// An open channel.
pub(crate) struct Channel(pub(crate) WebSocket<Steady>);

impl Channel {
    pub(crate) fn open(port: u16, token: &str) -> Self {
        let mut channel = Self::open_without_reading(port, token);
        assert!(matches!(channel.next(), ServerMessage::Welcome { .. }));
        channel
    }

    pub(crate) fn open_without_reading(port: u16, token: &str) -> Self {
        let mut request = format!("ws://127.0.0.1:{port}/ws")
            .into_client_request()
            .unwrap();
        let protocols = format!("aftershake.cli.v1, token.{token}");
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", protocols.parse().unwrap());
        let (socket, _) = client::client(request, connect(port)).unwrap();
        Self(socket)
    }

    /// The next message.
    pub(crate) fn next(&mut self) -> ServerMessage {
        loop {
            let message = self.0.read().unwrap();
            if let Message::Text(text) = &message {
                return serde_json::from_str(text).unwrap();
            }
            assert!(
                matches!(message, Message::Ping(_) | Message::Pong(_)),
                "{message:?}"
            );
        }
    }

    /// The close code and reason that end the channel, whatever comes before.
    pub(crate) fn close_code(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.0.read().unwrap() {
                let frame = frame.unwrap();
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).unwrap();
    }

    pub(crate) fn run(&mut self, run: u32, scenario: ScenarioText) {
        self.send(&ClientMessage::Run {
            run,
            scenario,
            seed: Some(1),
        });
    }

    pub(crate) fn send(&mut self, message: &ClientMessage) {
        self.say(&serde_json::to_string(message).unwrap());
    }
}
