//! The agent's server: the playground's files and the channel, on 127.0.0.1 only.
//!
//! Order of every request: [`request`] reads its head, [`gate`] lets it pass, then [`page`] or [`upgrade`].
//! It opens no file, runs nothing itself (that is `worker_pool`), and knows no diagnosis.

mod answer;
mod channel;
mod client_message;
mod connection;
mod fan_out;
mod frame_meter;
mod gate;
pub mod limits;
mod many;
mod notices;
pub mod origin;
mod page;
mod request;
mod slots;
pub mod token;
mod turns;
mod upgrade;
mod worker_pool;
mod worker_process;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aftershake_shared::event::Source;
use aftershake_shared::recording::Environment;
use anyhow::Context as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use connection::linger;
use gate::Gate;
use notices::Notices;
use origin::Origin;
use slots::{Slot, Slots};
use token::{Token, WrongTokens};
use worker_pool::WorkerPool;

use crate::worker::kernel_version;

/// Between a failed accept and the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Where sentences for the person at the terminal go.
pub type Talk = Box<dyn Fn(&str) + Send + Sync>;

/// What a server needs to know.
pub struct ServerOptions {
    /// On 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The port that a forwarder in front of the agent listens on.
    pub public_port: Option<u16>,
    /// Pages hosted elsewhere that may open the channel, if they have the token.
    pub allowed_origins: Vec<Origin>,
    /// `worker_program worker` is started for runs.
    pub worker_program: PathBuf,
    /// The evidence that this machine can give.
    pub evidence: Vec<Source>,
    pub talk: Talk,
}

/// A bound server.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    port: u16,
    public_port: Option<u16>,
    shared: Arc<Shared>,
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    gate: Gate,
    token: Token,
    wrong_tokens: WrongTokens,
    environment: Environment,
    notices: Notices,
    pool: Arc<WorkerPool>,
}

impl Server {
    /// Takes the port and makes the token. Needs a Tokio runtime.
    ///
    /// # Errors
    /// The port is taken, or the kernel gives no random numbers.
    pub async fn bind(options: ServerOptions) -> anyhow::Result<Self> {
        let ServerOptions {
            port,
            public_port,
            allowed_origins,
            worker_program,
            evidence,
            talk,
        } = options;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| format!("cannot listen on 127.0.0.1:{port}"))?;
        let port = listener.local_addr()?.port();
        let shared = Shared {
            gate: Gate::new(port, public_port, allowed_origins),
            token: Token::random().context("no random numbers for the token")?,
            wrong_tokens: WrongTokens::default(),
            environment: Environment {
                kernel: kernel_version(),
                isolation: "namespace".to_owned(),
                evidence,
            },
            notices: Notices::new(talk),
            pool: Arc::new(WorkerPool::new(worker_program)),
        };
        Ok(Self {
            listener,
            port,
            public_port,
            shared: Arc::new(shared),
        })
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The secret that opens the channel.
    pub fn token(&self) -> &Token {
        &self.shared.token
    }

    /// The page's address, with the token in its fragment.
    pub fn url(&self) -> String {
        let port = self.public_port.unwrap_or(self.port);
        let authority = gate::authority("127.0.0.1", port);
        format!("http://{authority}/#token={}", self.token().as_str())
    }

    /// Serves until `shutdown` ends; then ends every connection and every worker.
    pub async fn serve<T>(self, shutdown: impl Future<Output = T>) -> T {
        let Self {
            listener, shared, ..
        } = self;
        shared.pool.warm_up();
        let slots = Slots::default();
        let mut connections = JoinSet::new();
        tokio::pin!(shutdown);
        let result = loop {
            tokio::select! {
                biased;
                result = &mut shutdown => break result,
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        if let Some(slot) = slots.take() {
                            connections.spawn(serve_one(stream, Arc::clone(&shared), slot));
                        }
                    }
                    // The client has gone, or descriptors have run out: then others must end first.
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                }
            }
        };
        connections.shutdown().await;
        shared.pool.end().await;
        result
    }
}

async fn serve_one(stream: TcpStream, shared: Arc<Shared>, slot: Slot) {
    // Only costs latency if it fails.
    let _ = stream.set_nodelay(true);
    connection::serve(stream, &shared, &slot).await;
}
