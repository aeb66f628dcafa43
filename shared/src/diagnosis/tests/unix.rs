//! Verdicts on pairs of `AF_UNIX` sockets: what was seen is said, and never a cause of a RST.

use crate::connection::Connections;
use crate::diagnosis::diagnose;
use crate::diagnosis::finding::Diagnosis;
use crate::errno::Errno;
use crate::event::call::{Call, CallReturned, How, Returned, SocketId};
use crate::event::process_ended::{ClosedSocket, Ended, ProcessEnded};
use crate::event::{Event, EventBody, EventId, Source, sort_and_number};
use crate::scenario::expect::Outcome;
use crate::units::Nanos;

const LISTENER: u32 = 1;
const CLIENT: u32 = 2;
const SERVER: u32 = 3;

/// A made-up run over `AF_UNIX`; a call every 100 µs.
#[derive(Default)]
struct Story(Vec<Event>);

impl Story {
    /// A server that listens at `@app`, and a client that has connected.
    fn connected() -> Self {
        let name = || "app".to_owned();
        let mut story = Self::default();
        story.call("server", LISTENER, Call::BindUnix { name: name() }, Ok(0));
        story.call("server", LISTENER, Call::Listen { backlog: 1 }, Ok(0));
        story.call("client", CLIENT, Call::ConnectUnix { name: name() }, Ok(0));
        story
    }

    fn accepted() -> Self {
        let mut story = Self::connected();
        let opened = Some(SocketId(SERVER));
        story.call("server", LISTENER, Call::Accept { opened }, Ok(3));
        story
    }

    fn push(&mut self, body: EventBody) {
        let at = Nanos::from_micros(100 * (self.0.len() as u64 + 1));
        let id = EventId(0);
        self.0.push(Event { id, at, body });
    }

    fn call(&mut self, by: &str, socket: u32, call: Call, result: Result<u64, Errno>) -> &mut Self {
        self.push(EventBody::Call(CallReturned {
            by: by.to_owned(),
            step: None,
            call,
            socket: SocketId(socket),
            local: None,
            remote: None,
            took: Nanos(1000),
            parked: Nanos(0),
            result: result.map_or_else(Returned::Err, Returned::Ok),
        }));
        self
    }

    fn send(&mut self, result: Result<u64, Errno>) -> &mut Self {
        let (bytes, out_of_band) = (16, false);
        self.call("client", CLIENT, Call::Send { bytes, out_of_band }, result)
    }

    fn receive(&mut self, by: &str, result: Result<u64, Errno>) -> &mut Self {
        let socket = if by == "client" { CLIENT } else { SERVER };
        let call = Call::Receive {
            at_most: 1024,
            peek: false,
            out_of_band: false,
            truncate: false,
            lets_go: false,
        };
        self.call(by, socket, call, result)
    }

    /// The process ends that holds the server's socket, with 16 bytes unread.
    fn process_ended(&mut self, process: &str, how: Ended) -> &mut Self {
        self.push(EventBody::ProcessEnded(ProcessEnded {
            process: process.to_owned(),
            step: None,
            how,
            took: Nanos(1000),
            closed: vec![ClosedSocket {
                socket: SocketId(SERVER),
                local: None,
                remote: None,
                unread: Some(16),
            }],
        }));
        self
    }

    fn close(&mut self, unread: Option<u32>) -> &mut Self {
        self.call("server", SERVER, Call::Close { unread }, Ok(0))
    }

    fn diagnosed(&self) -> Diagnosis {
        let mut events = self.0.clone();
        sort_and_number(&mut events, 1);
        let found = diagnose(&events, &Source::ALL);
        assert!(found.resets.is_empty() && found.connections.is_empty());
        found
    }
}

#[track_caller]
fn check(story: &Story, outcome: Outcome, headline: &str, explanation: &str) -> Diagnosis {
    let found = story.diagnosed();
    assert_eq!(found.headline, headline);
    assert_eq!(found.outcome, outcome);
    let why = &found.explanation;
    assert!(why.contains(explanation), "{why}");
    for cause in crate::diagnosis::CauseId::ALL {
        assert!(!format!("{found:?}").contains(cause.slug()), "{cause}");
    }
    found
}

#[test]
fn bytes_left_unread_are_told_as_reset_without_a_packet() {
    // With what SIOCINQ said, and without: sent minus read is the same.
    for unread in [Some(10), None] {
        let mut story = Story::accepted();
        story.send(Ok(16)).receive("server", Ok(6)).close(unread);
        story.receive("client", Err(Errno::ECONNRESET));
        story.receive("client", Ok(0));
        let found = check(
            &story,
            Outcome::Closed,
            "Over AF_UNIX, with no packet and no RST: the server closed with 10 bytes unread, and the client was told ECONNRESET.",
            "The client had sent 16 bytes, and the server had read 6 of them at close().",
        );
        let told: Vec<_> = found.saw().map(|saw| saw.result.as_str()).collect();
        assert_eq!(told, ["0", "ECONNRESET", "EOF"]);
        assert!(found.unix[0].fix.starts_with("Read until recv returns 0"));
        assert_eq!(found.unix[0].kernel_function, "unix_release_sock");
    }
}

#[test]
fn a_peek_takes_nothing() {
    let mut story = Story::accepted();
    let peek = Call::Receive {
        at_most: 1024,
        peek: true,
        out_of_band: false,
        truncate: false,
        lets_go: false,
    };
    story.send(Ok(16)).call("server", SERVER, peek, Ok(16));
    story.close(None).receive("client", Err(Errno::ECONNRESET));
    let found = story.diagnosed();
    assert!(found.headline.contains("with 16 bytes unread"));
}

#[test]
fn what_was_read_whole_is_no_reset() {
    let mut story = Story::accepted();
    story.send(Ok(16)).receive("server", Ok(16)).close(Some(0));
    story.receive("client", Ok(0));
    let headline =
        "No reset: the server closed its AF_UNIX socket first, and the client was told EOF.";
    let found = check(&story, Outcome::Closed, headline, "there is no FIN either");
    assert_eq!(found.unix[0].fix, "");
    // Nobody asked: nobody was told.
    let mut story = Story::accepted();
    story.close(Some(0));
    let headline =
        "No reset: the server closed its AF_UNIX socket first; no call of the client met it.";
    check(&story, Outcome::Closed, headline, "no segment at all");
}

#[test]
fn a_send_to_nobody_is_a_broken_pipe_and_leaves_the_error_waiting() {
    let mut story = Story::accepted();
    story.close(Some(0)).send(Err(Errno::EPIPE));
    let headline =
        "No reset: the server closed its AF_UNIX socket first, and the client was told EPIPE.";
    check(&story, Outcome::Closed, headline, "is a broken pipe");
    let mut story = Story::accepted();
    story.send(Ok(16)).close(Some(16)).send(Err(Errno::EPIPE));
    story.receive("client", Err(Errno::ECONNRESET));
    let found = story.diagnosed();
    let end = "with 16 bytes unread, and the client was told EPIPE, then ECONNRESET.";
    assert!(found.headline.ends_with(end), "{}", found.headline);
}

#[test]
fn a_process_that_ends_closes_too() {
    let mut story = Story::accepted();
    story.send(Ok(16));
    story.process_ended("server", Ended::Killed("SIGKILL".to_owned()));
    story.receive("client", Err(Errno::ECONNRESET));
    check(
        &story,
        Outcome::Closed,
        "Over AF_UNIX, with no packet and no RST: the process of the server ended (SIGKILL) with 16 bytes unread, and the client was told ECONNRESET.",
        "at SIGKILL",
    );
}

#[test]
fn who_was_never_accepted_is_reset_with_its_listener() {
    let mut story = Story::connected();
    story.call("server", LISTENER, Call::Close { unread: None }, Ok(0));
    story.receive("client", Err(Errno::ECONNRESET));
    check(
        &story,
        Outcome::Closed,
        "Over AF_UNIX, with no packet and no RST: the server closed its listener before it accepted the client, and the client was told ECONNRESET.",
        "still in the queue of @app",
    );
}

#[test]
fn a_name_that_nobody_has_is_refused() {
    let name = || "app".to_owned();
    for (errno, outcome, why) in [
        (
            Errno::ECONNREFUSED,
            Outcome::Refused,
            "Nobody listened at @app",
        ),
        (
            Errno::EAGAIN,
            Outcome::Open,
            "The queue of whoever listens at @app was full",
        ),
    ] {
        let mut story = Story::default();
        story.call(
            "client",
            CLIENT,
            Call::ConnectUnix { name: name() },
            Err(errno),
        );
        let headline = format!(
            "Over AF_UNIX, with no packet and no RST: connect(@app) of the client was told {errno}."
        );
        let found = check(&story, outcome, &headline, why);
        assert_eq!(found.unix[0].server, "server");
    }
}

#[test]
fn a_shutdown_is_an_end_without_a_reset() {
    let mut story = Story::accepted();
    let how = How::Write;
    story.call("client", CLIENT, Call::Shutdown { how }, Ok(0));
    story.receive("server", Ok(0));
    check(
        &story,
        Outcome::Closed,
        "No reset: the client ended its sending first, by shutdown(SHUT_WR) on an AF_UNIX socket, and the server was told EOF.",
        "there is no FIN",
    );
}

#[test]
fn an_error_that_the_calls_do_not_explain_is_left_unexplained() {
    let mut story = Story::accepted();
    story.receive("client", Err(Errno::ECONNRESET));
    let found = story.diagnosed();
    let saw = found.saw().next().unwrap();
    assert_eq!(saw.because, "the recorded calls do not say why");
    assert_eq!(found.outcome, Outcome::Open);
    assert_eq!(
        found.headline,
        "Over AF_UNIX, with no packet and no RST: the client was told ECONNRESET."
    );
}

#[test]
fn an_accept_takes_the_oldest_of_the_queue() {
    let mut story = Story::connected();
    let name = "app".to_owned();
    story.call("second", 7, Call::ConnectUnix { name }, Ok(0));
    // Two accepts whose events stand in another order than they returned.
    for opened in [9, SERVER] {
        let opened = Some(SocketId(opened));
        story.call("server", LISTENER, Call::Accept { opened }, Ok(1));
    }
    story.close(Some(0));
    let found = story.diagnosed();
    let pairs = found.unix.iter();
    let pairs: Vec<_> = pairs
        .map(|pair| (pair.id, pair.client.as_str(), pair.outcome))
        .collect();
    assert_eq!(
        pairs,
        [(1, "client", Outcome::Closed), (2, "second", Outcome::Open)]
    );
}

/// A story in which `recv(8)` of the server waits from 500 µs on, another thread closes the descriptor, and the call
/// returns that at 700 µs.
fn held(result: Result<u64, Errno>) -> Story {
    let mut story = Story::accepted();
    let call = Call::Receive {
        at_most: 8,
        peek: false,
        out_of_band: false,
        truncate: false,
        lets_go: true,
    };
    story.call("server", SERVER, call, result);
    if let Some(EventBody::Call(call)) = story.0.last_mut().map(|event| &mut event.body) {
        call.parked = Nanos::from_micros(199);
    }
    let held_by = "server".to_owned();
    story.call("closer", SERVER, Call::CloseInUse { held_by }, Ok(0));
    story
}

#[test]
fn a_call_that_held_the_socket_lets_go_when_it_returns() {
    // Its event stands before the bytes were sent, of which it read the half.
    let mut story = held(Ok(8));
    story.0.last_mut().unwrap().at = Nanos::from_micros(550);
    story.send(Ok(16));
    story.0.last_mut().unwrap().at = Nanos::from_micros(650);
    story.receive("client", Err(Errno::ECONNRESET));
    let found = check(
        &story,
        Outcome::Closed,
        "Over AF_UNIX, with no packet and no RST: the server let go of its closed socket as recv(8) returned, with 8 bytes unread, and the client was told ECONNRESET.",
        "The client had sent 16 bytes, and the server had read 8 of them at recv(8).",
    );
    let mut cited = found.unix[0].evidence.iter();
    assert!(cited.any(|cited| cited.label.contains("recv(8)")));
    let because: Vec<_> = found.saw().map(|saw| saw.because.as_str()).collect();
    assert!(because[0].starts_with("the descriptor was closed while it waited"));
    assert!(because[1].starts_with("the server went with 8 bytes unread"));
}

#[test]
fn who_closes_while_the_other_end_is_held_was_first() {
    // An error lets go as well as an end does.
    for result in [Ok(0), Err(Errno::EINTR)] {
        let mut story = held(result);
        story.call("client", CLIENT, Call::Close { unread: Some(0) }, Ok(0));
        story.0.last_mut().unwrap().at = Nanos::from_micros(650);
        let found = story.diagnosed();
        let start = "No reset: the client closed its AF_UNIX socket first";
        assert!(found.headline.starts_with(start), "{}", found.headline);
        let mut story = held(result);
        story.receive("client", Ok(0));
        story.0.last_mut().unwrap().at = Nanos::from_micros(800);
        let found = story.diagnosed();
        let start = "No reset: the server let go of its closed AF_UNIX socket first, as recv(8) returned, and the client was told EOF";
        assert!(found.headline.starts_with(start), "{}", found.headline);
    }
}

#[test]
fn a_shutdown_that_wakes_a_held_call_was_first() {
    let mut story = held(Ok(0));
    let how = How::Write;
    story.call("client", CLIENT, Call::Shutdown { how }, Ok(0));
    story.0.last_mut().unwrap().at = Nanos::from_micros(650);
    let found = story.diagnosed();
    let start = "No reset: the client ended its sending first, by shutdown(SHUT_WR)";
    assert!(found.headline.starts_with(start), "{}", found.headline);
}

#[test]
fn whose_process_ended_is_named() {
    let mut story = Story::accepted();
    let to = "other".to_owned();
    story.call("server", SERVER, Call::HandOver { to }, Ok(0));
    story.call("server", SERVER, Call::CloseCopy, Ok(0));
    story.send(Ok(16));
    story.process_ended("other", Ended::Exited(0));
    story.receive("client", Err(Errno::ECONNRESET));
    check(
        &story,
        Outcome::Closed,
        "Over AF_UNIX, with no packet and no RST: the process of other, which held the socket of the server, ended (exit(0)) with 16 bytes unread, and the client was told ECONNRESET.",
        "at exit(0)",
    );
}

#[test]
fn its_own_shutdown_of_reading_is_its_own_end() {
    let mut story = Story::accepted();
    let how = How::Read;
    story.call("client", CLIENT, Call::Shutdown { how }, Ok(0));
    story.receive("client", Ok(0));
    let found = story.diagnosed();
    let saw = found.saw().next().unwrap();
    assert_eq!(saw.because, "it had itself ended its receiving by shutdown");
    // And nothing is said of an end that no call brought about.
    let mut story = Story::accepted();
    story.receive("client", Ok(0));
    let found = story.diagnosed();
    let saw = found.saw().next().unwrap();
    assert_eq!(saw.because, "the recorded calls do not say why");
}

#[test]
fn who_goes_later_was_not_gone_yet() {
    let mut story = Story::accepted();
    let how = How::Both;
    story.call("server", SERVER, Call::Shutdown { how }, Ok(0));
    story.send(Err(Errno::EPIPE)).close(Some(0));
    let found = story.diagnosed();
    let saw = found.saw().next().unwrap();
    assert_eq!(saw.because, "the server did not take any more");
}

#[test]
fn a_socket_makes_one_pair_however_often_it_connects() {
    let mut story = Story::accepted();
    for _ in 0..20_000 {
        let name = "app".to_owned();
        story.call("client", CLIENT, Call::ConnectUnix { name }, Ok(0));
        let opened = Some(SocketId(SERVER));
        story.call("server", LISTENER, Call::Accept { opened }, Ok(3));
    }
    // Sockets of their own have no part in what was accepted already.
    for socket in 10..20_010 {
        let name = "app".to_owned();
        story.call("client", socket, Call::ConnectUnix { name }, Ok(0));
    }
    assert_eq!(story.diagnosed().unix.len(), 20_001);
    // What is kept of the calls grows with the recording, not with its square.
    let mut events = story.0.clone();
    sort_and_number(&mut events, 1);
    let connections = Connections::from_events(&events);
    let pairs = connections.unix_pairs().iter();
    let kept = pairs.map(|pair| pair.client.calls.len() + pair.server.calls.len());
    assert!(kept.sum::<usize>() <= 2 * events.len());
}
