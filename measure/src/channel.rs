//! A native client: asks an agent for runs over the WebSocket and gathers their events.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use aftershake_browser_tests::agent::Agent;
use aftershake_shared::channel::{
    CLI_PROTOCOL, ClientMessage, PATH, RunId, ServerMessage, TOKEN_PREFIX,
};
use aftershake_shared::recording::{Recording, ScenarioText};
use anyhow::{Context as _, bail};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::{Message, WebSocket};

/// A run that says nothing for this long is lost.
const SILENCE: Duration = Duration::from_secs(60);

/// One open channel.
#[derive(Debug)]
pub struct Channel {
    socket: WebSocket<TcpStream>,
    newest: RunId,
}

/// One run as it arrived.
#[derive(Debug)]
pub struct Arrived {
    pub recording: Recording,
    /// Request to the last byte of `finished`.
    pub took: Duration,
    /// First to last message with events; zero when one held them all.
    pub streamed: Duration,
}

impl Channel {
    /// Connects as a program would and reads the greeting.
    ///
    /// # Errors
    /// The agent refuses, or greets otherwise.
    pub fn open(agent: &Agent) -> anyhow::Result<Self> {
        let mut request = format!("ws://127.0.0.1:{}{PATH}", agent.port).into_client_request()?;
        let protocols = format!("{CLI_PROTOCOL}, {TOKEN_PREFIX}{}", agent.token);
        let headers = request.headers_mut();
        headers.insert("Sec-WebSocket-Protocol", protocols.parse()?);
        let stream = TcpStream::connect(("127.0.0.1", agent.port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(SILENCE))?;
        let (socket, _) = tungstenite::client(request, stream)
            .map_err(|error| anyhow::anyhow!("opening the channel: {error}"))?;
        let mut channel = Self { socket, newest: 0 };
        let greeting = channel.read()?;
        if !matches!(greeting, ServerMessage::Welcome { .. }) {
            bail!("expected `welcome`, the agent said {greeting:?}");
        }
        Ok(channel)
    }

    /// Runs a scenario and waits for its end.
    ///
    /// # Errors
    /// The run does not take place, or the agent says something unexpected.
    pub fn run(&mut self, scenario: &ScenarioText, seed: u64) -> anyhow::Result<Arrived> {
        self.newest += 1;
        let request = ClientMessage::Run {
            run: self.newest,
            scenario: scenario.clone(),
            seed: Some(seed),
        };
        let began = Instant::now();
        self.socket
            .send(Message::text(serde_json::to_string(&request)?))?;
        let mut header = None;
        let mut events = Vec::new();
        let mut first = None;
        let mut last = began;
        loop {
            match self.read()? {
                ServerMessage::Started { header: sent, .. } => header = Some(sent),
                ServerMessage::Events { events: more, .. } => {
                    events.extend(more);
                    last = Instant::now();
                    first.get_or_insert(last);
                }
                ServerMessage::Finished { .. } => break,
                ServerMessage::Queued { .. } => {}
                other @ (ServerMessage::Failed { .. }
                | ServerMessage::Welcome { .. }
                | ServerMessage::Planned { .. }
                | ServerMessage::Noise { .. }
                | ServerMessage::Came { .. }
                | ServerMessage::Kept { .. }) => {
                    bail!("the agent said {other:?}")
                }
            }
        }
        let took = began.elapsed();
        let header = header.context("the run finished without having started")?;
        Ok(Arrived {
            recording: Recording { header, events },
            took,
            streamed: first.map_or(Duration::ZERO, |first| last - first),
        })
    }

    fn read(&mut self) -> anyhow::Result<ServerMessage> {
        loop {
            match self.socket.read()? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Ping(_) | Message::Pong(_) => {}
                other @ (Message::Binary(_) | Message::Close(_) | Message::Frame(_)) => {
                    bail!("expected a text message, found {other:?}")
                }
            }
        }
    }
}
