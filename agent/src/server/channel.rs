//! One open channel: reads a client's messages, delivers what its runs say, and closes in words.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aftershake_shared::channel::{
    ClientMessage, Failure, MAX_CLIENT_MESSAGE, PROTOCOL_VERSION, RunId, ServerMessage,
};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::client_message::{BAD_INPUT, failure, read_message};
use super::fan_out::Outgoing;
use super::frame_meter::{FrameMeter, TooManyFrames};
use super::limits::MAX_WAITING;
use super::many::{self, ManyAsked};
use super::worker_pool::{Asked, Job, WorkerPool};
use super::{Shared, linger};
use crate::worker::protocol::RunRequest;

/// How long the last frame may take to leave.
const CLOSE_TIME: Duration = Duration::from_secs(2);
/// Ended runs that are remembered, so that a late cancel is no mistake.
const REMEMBERED: usize = 64;

type Sink = futures_util::stream::SplitSink<WebSocketStream<FrameMeter<TcpStream>>, Message>;
type Source = futures_util::stream::SplitStream<WebSocketStream<FrameMeter<TcpStream>>>;

/// Why a channel ends.
enum End {
    /// The client said goodbye or vanished.
    ClientLeft,
    /// The client broke a rule; its runs are cancelled.
    Broken(CloseCode, String),
    /// The client reads too slowly; its runs go on to their end unheard.
    TooSlow,
}

/// Serves a channel until it ends. The client has shown the token.
pub(super) async fn serve(stream: TcpStream, already_read: Vec<u8>, shared: &Shared) {
    let config = WebSocketConfig::default()
        .read_buffer_size(16 * 1024)
        .max_message_size(Some(MAX_CLIENT_MESSAGE))
        .max_frame_size(Some(MAX_CLIENT_MESSAGE))
        .accept_unmasked_frames(false);
    let meter = FrameMeter::new(stream, &already_read);
    let socket =
        WebSocketStream::from_partially_read(meter, already_read, Role::Server, Some(config));
    let (mut sink, mut source) = socket.await.split();
    let outgoing = Arc::new(Outgoing::default());
    outgoing.push(&ServerMessage::Welcome {
        protocol: PROTOCOL_VERSION,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        environment: shared.environment.clone(),
    });
    let runs = Runs {
        outgoing: Arc::clone(&outgoing),
        table: Arc::default(),
    };
    let end = tokio::select! {
        biased;
        end = deliver(&mut sink, &outgoing) => end,
        end = receive(&mut source, &runs, &shared.pool) => end,
    };
    outgoing.close();
    let goodbye = match end {
        End::ClientLeft => {
            runs.cancel_all();
            None
        }
        End::Broken(code, reason) => {
            runs.cancel_all();
            Some((code, reason))
        }
        End::TooSlow => {
            let reason = format!("over {} MiB waited to be read", MAX_WAITING >> 20);
            Some((CloseCode::Again, reason))
        }
    };
    close(sink, source, goodbye).await;
}

/// Writes frames as they come.
async fn deliver(sink: &mut Sink, outgoing: &Outgoing) -> End {
    while let Some(text) = outgoing.next().await {
        tokio::select! {
            biased;
            result = sink.send(Message::text(text)) => {
                if result.is_err() {
                    return End::ClientLeft;
                }
            }
            () = outgoing.overflowed() => return End::TooSlow,
        }
    }
    End::TooSlow
}

/// Reads messages until there can be no more.
async fn receive(source: &mut Source, runs: &Runs, pool: &Arc<WorkerPool>) -> End {
    loop {
        match source.next().await {
            Some(Ok(Message::Text(text))) => {
                if let Err(error) = runs.obey(text.as_str(), pool) {
                    runs.outgoing
                        .push(&ServerMessage::Failed { run: None, error });
                }
            }
            Some(Ok(Message::Binary(_))) => {
                let reason = "messages are JSON text".to_owned();
                return End::Broken(CloseCode::Unsupported, reason);
            }
            // tungstenite answers pings itself.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Close(_))) | None => return End::ClientLeft,
            Some(Err(error)) => return why_broken(&error),
        }
    }
}

/// The close code for a mistake in the frames (RFC 6455 §7.4.1).
fn why_broken(error: &Error) -> End {
    match error {
        Error::Protocol(error) => End::Broken(CloseCode::Protocol, error.to_string()),
        Error::Utf8(_) => End::Broken(CloseCode::Invalid, "text that is not UTF-8".to_owned()),
        Error::Capacity(_) => {
            let reason = format!("a message of over {MAX_CLIENT_MESSAGE} bytes");
            End::Broken(CloseCode::Size, reason)
        }
        Error::Io(error) => match error.get_ref().map(|inner| inner.downcast_ref()) {
            Some(Some(TooManyFrames)) => End::Broken(CloseCode::Policy, TooManyFrames.to_string()),
            Some(None) | None => End::ClientLeft,
        },
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Tls(_)
        | Error::WriteBufferFull(_)
        | Error::AttackAttempt
        | Error::Url(_)
        | Error::Http(_)
        | Error::HttpFormat(_) => End::ClientLeft,
    }
}

/// Says why and closes so that the client can read it: what it still sends is read and thrown away,
/// because closing with unread data would reset the connection and destroy the reason.
async fn close(mut sink: Sink, source: Source, goodbye: Option<(CloseCode, String)>) {
    let said = timeout(CLOSE_TIME, async {
        match goodbye {
            None => sink.close().await,
            Some((code, reason)) => {
                // 125 bytes hold the code and the reason (RFC 6455 §5.5); ours are ASCII.
                let reason = reason.chars().take(120).collect::<String>().into();
                sink.send(Message::Close(Some(CloseFrame { code, reason })))
                    .await
            }
        }
    });
    let was_said = matches!(said.await, Ok(Ok(())));
    if let (true, Ok(socket)) = (was_said, sink.reunite(source)) {
        linger(socket.into_inner().into_inner()).await;
    }
}

/// The runs of one channel. Another channel's runs cannot be named.
struct Runs {
    outgoing: Arc<Outgoing>,
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    active: BTreeMap<RunId, Arc<Notify>>,
    ended: VecDeque<RunId>,
}

impl Table {
    fn end(&mut self, run: RunId) {
        self.active.remove(&run);
        self.ended.push_back(run);
        if self.ended.len() > REMEMBERED {
            self.ended.pop_front();
        }
    }
}

impl Runs {
    fn obey(&self, text: &str, pool: &Arc<WorkerPool>) -> Result<(), Failure> {
        match read_message(text)? {
            ClientMessage::Run {
                run,
                scenario,
                seed,
            } => {
                let request = RunRequest {
                    scenario,
                    seed: seed.unwrap_or_else(random_seed),
                    live: true,
                    beside: None,
                    last: false,
                };
                self.begin(run, Asked::One(request), None, pool)
            }
            ClientMessage::RunMany {
                run,
                scenario,
                seed,
                runs,
                vary,
                bins,
            } => {
                let asked = ManyAsked {
                    scenario,
                    seed: seed.unwrap_or_else(random_seed),
                    runs,
                    vary,
                    bins,
                };
                match many::plan(run, asked) {
                    Ok((planned, request)) => {
                        self.begin(run, Asked::Many(request), Some(&planned), pool)
                    }
                    Err(error) => {
                        self.refuse(run, error);
                        Ok(())
                    }
                }
            }
            ClientMessage::Cancel { run } => self.cancel(run),
        }
    }

    fn begin(
        &self,
        run: RunId,
        request: Asked,
        planned: Option<&ServerMessage>,
        pool: &Arc<WorkerPool>,
    ) -> Result<(), Failure> {
        let asked = Instant::now();
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.active.contains_key(&run) {
            let message = format!("run {run} is still under way on this channel");
            return Err(failure(
                BAD_INPUT,
                message,
                "name the new run by another number",
            ));
        }
        let cancel = Arc::new(Notify::new());
        table.active.insert(run, Arc::clone(&cancel));
        if let Some(planned) = planned {
            self.outgoing.push(planned);
        }
        let job = Job {
            run,
            request,
            asked,
            outgoing: Arc::clone(&self.outgoing),
            cancel,
        };
        let table = Arc::clone(&self.table);
        pool.spawn(job, move || {
            table
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .end(run);
        });
        Ok(())
    }

    /// Tells a run that cannot take place; a number that is under way keeps its run.
    fn refuse(&self, run: RunId, error: Failure) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = !table.active.contains_key(&run);
        if is_free {
            table.end(run);
        }
        let run = is_free.then_some(run);
        self.outgoing.push(&ServerMessage::Failed { run, error });
    }

    fn cancel(&self, run: RunId) -> Result<(), Failure> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cancel) = table.active.get(&run) {
            cancel.notify_one();
        } else if !table.ended.contains(&run) {
            let message = format!("no run {run} on this channel");
            return Err(failure(BAD_INPUT, message, ""));
        }
        Ok(())
    }

    fn cancel_all(&self) {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        for cancel in table.active.values() {
            cancel.notify_one();
        }
    }
}

/// A seed of 53 bits, so that every reader of JSON keeps it whole.
fn random_seed() -> u64 {
    getrandom::u64().unwrap_or_default() >> 11
}
