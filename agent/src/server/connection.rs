//! One TCP connection: request heads through the gate, to a file or to the channel.

use std::time::Duration;

use aftershake_shared::channel;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::http::{Method, StatusCode};

use super::answer::{Answer, Body, Connection};
use super::gate::Refusal;
use super::request::{Head, HeadError, read_head};
use super::slots::Slot;
use super::{Shared, channel as open_channel, page, upgrade};

/// How long an answer may take to be read by its client.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// What a client may still send while its last answer is on the way.
const LINGER_BYTES: u64 = 4 << 20;
const LINGER_TIME: Duration = Duration::from_secs(1);

/// Serves a connection until it ends or has to make room.
pub(super) async fn serve(stream: TcpStream, shared: &Shared, slot: &Slot) {
    tokio::select! {
        biased;
        () = slot.evicted() => {}
        () = serve_requests(stream, shared, slot) => {}
    }
}

async fn serve_requests(mut stream: TcpStream, shared: &Shared, slot: &Slot) {
    let mut buffer = Vec::new();
    loop {
        let (answer, body, connection) = match read_head(&mut stream, &mut buffer).await {
            Ok(head) => {
                let answer = respond(&head, shared);
                let body = match head.method {
                    Method::HEAD => Body::LeftOut,
                    _ => Body::Sent,
                };
                let connection = if head.keeps_alive() && !answer.ends_connection() {
                    Connection::KeepAlive
                } else {
                    Connection::Close
                };
                (answer, body, connection)
            }
            Err(HeadError::Refused(status)) => {
                (Answer::empty(status), Body::Sent, Connection::Close)
            }
            Err(HeadError::Ended) => return,
        };
        let written = timeout(ANSWER_TIME, answer.write(&mut stream, body, connection)).await;
        if !matches!(written, Ok(Ok(()))) {
            return;
        }
        if answer.status == StatusCode::SWITCHING_PROTOCOLS {
            slot.trust();
            open_channel::serve(stream, buffer, shared).await;
            return;
        }
        if connection == Connection::Close {
            linger(stream).await;
            return;
        }
    }
}

fn respond(head: &Head, shared: &Shared) -> Answer {
    match shared.gate.check(head) {
        Err(refusal) => {
            if let Some(notice) = refusal.notice() {
                shared.notices.say_once(notice);
            }
            let answer = Answer::empty(refusal.status());
            match refusal {
                Refusal::Method => answer.with("allow", "GET, HEAD"),
                Refusal::Host(_)
                | Refusal::Origin(_)
                | Refusal::CrossSite
                | Refusal::Target
                | Refusal::Body => answer,
            }
        }
        Ok(()) if head.path() == channel::PATH => {
            upgrade::answer_upgrade(head, &shared.token, &shared.wrong_tokens)
        }
        Ok(()) => page::answer_file(head),
    }
}

/// Closes after the last answer without destroying it: sends FIN, then reads what still comes.
/// (Closing with unread data would send a RST, and the client might lose the answer.)
pub(super) async fn linger(mut stream: TcpStream) {
    let drain = async {
        stream.shutdown().await?;
        let mut left = stream.take(LINGER_BYTES);
        tokio::io::copy(&mut left, &mut tokio::io::sink()).await
    };
    // Whatever happens here, the connection is over.
    let _ = timeout(LINGER_TIME, drain).await;
}
