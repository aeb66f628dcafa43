//! Connections rebuilt from segments and calls of made-up runs.

use super::story::{CLIENT, LISTENER, SERVER, Story, address, close, receive, send};
use super::*;
use crate::errno::Errno;
use crate::event::Source;
use crate::event::call::Call;
use crate::tcp::notation::Notation;

fn rebuilt(story: &Story) -> Connections {
    Connections::from_events(&story.events(&Source::ALL))
}

fn notation(connection: &Connection) -> Vec<String> {
    let segments = connection.segments.iter();
    segments
        .map(|sent| {
            let line = Notation {
                at: None,
                from: connection.name(sent.from),
                to: connection.name(sent.from.other()),
                flags: sent.segment.flags,
                seq: connection.relative_seq(sent),
                len: sent.segment.payload_len,
                ack: connection.relative_ack(sent),
                window: sent.segment.window,
            };
            line.to_string()
        })
        .collect()
}

#[test]
fn numbers_are_relative_and_survive_the_wrap() {
    let mut story = Story::new();
    story.listen().connect().accept().send16();
    story.segment(400, "server > client PA 1:33(32) ack 17 win 64");
    let all = rebuilt(&story);
    let lines = notation(all.with_id(1).unwrap());
    assert_eq!(
        lines,
        [
            "client > server S 0:0(0) win 65495",
            "server > client SA 0:0(0) ack 1 win 65483",
            "client > server A 1:1(0) ack 1 win 64",
            "client > server PA 1:17(16) ack 1 win 64",
            "server > client A 1:1(0) ack 17 win 64",
            "server > client PA 1:33(32) ack 17 win 64",
        ]
    );
}

#[test]
fn a_refused_syn_is_answered_by_number_zero() {
    let mut story = Story::new();
    story
        .err(100, CLIENT, Call::Connect, Errno::ECONNREFUSED)
        .segment(105, "client > server S 0:0(0) win 65495")
        .segment(107, "server > client RA 0:0(0) ack 1 win 0");
    let all = rebuilt(&story);
    assert_eq!(
        notation(all.with_id(1).unwrap())[1],
        "server > client RA 0:0(0) ack 1 win 0"
    );
}

#[test]
fn every_call_finds_its_connection_and_its_end() {
    let mut story = Story::new();
    story.listen().connect().accept().send16();
    story
        .ok(400, SERVER, receive(), 16)
        .ok(500, SERVER, close(0), 0);
    let events = story.events(&Source::ALL);
    let all = Connections::from_events(&events);
    assert_eq!(all.len(), 1);
    for event in &events {
        let EventBody::Call(call) = &event.body else {
            continue;
        };
        let on_listener = matches!(call.call, Call::Bind | Call::Listen { .. });
        assert_eq!(
            all.connection_of(event.id).is_none(),
            on_listener,
            "{call:?}"
        );
        if !on_listener {
            assert_eq!(all.from_endpoint(event.id), Some(call.by.as_str()));
        }
    }
    let connection = all.with_id(1).unwrap();
    assert_eq!(connection.server.socket, Some(SocketId(SERVER)));
    assert_eq!(connection.listener, Some(SocketId(LISTENER)));
    assert!(connection.accepted.is_some());
}

#[test]
fn a_connection_nobody_accepted_is_named_by_its_listener() {
    let mut story = Story::new();
    story.listen().connect();
    let all = rebuilt(&story);
    let connection = all.with_id(1).unwrap();
    assert_eq!(connection.server.name, "server");
    assert_eq!(connection.server.socket, None);
    assert_eq!(connection.listener, Some(SocketId(LISTENER)));
}

#[test]
fn an_accepted_socket_without_calls_is_the_oldest_of_the_queue() {
    let mut story = Story::new();
    story.listen().connect();
    story.next_client();
    story.connect();
    let opened = SocketId(99);
    story.ok(
        300,
        LISTENER,
        Call::Accept {
            opened: Some(opened),
        },
        99,
    );
    let all = rebuilt(&story);
    let sockets: Vec<_> = all.iter().map(|one| one.server.socket).collect();
    assert_eq!(sockets, [Some(opened), None]);
}

#[test]
fn a_syn_on_two_used_ports_opens_a_new_connection() {
    let mut story = Story::new();
    story
        .segment(1, "client > server S 0:0(0) win 65495")
        .segment(2, "server > client SA 0:0(0) ack 1 win 65483")
        .segment(3, "client > server A 1:1(0) ack 1 win 64")
        .segment(4, "server > client RA 1:1(0) ack 1 win 64")
        .segment(5, "client > server S 9000:9000(0) win 65495")
        .segment(6, "client > server S 9000:9000(0) win 65495");
    let all = rebuilt(&story);
    let counts: Vec<_> = all.iter().map(|one| (one.id, one.segments.len())).collect();
    assert_eq!(counts, [(1, 4), (2, 2)]);
}

#[test]
fn a_second_syn_that_is_answered_splits_the_connection() {
    let mut story = Story::new();
    story
        .segment(1, "client > server S 0:0(0) win 65495")
        .segment(2, "server > client SA 0:0(0) ack 1 win 65483")
        .segment(3, "client > server A 1:1(0) ack 1 win 64")
        .segment(4, "client > server S 9000:9000(0) win 65495")
        .segment(5, "server > client SA 7000:7000(0) ack 9001 win 65483");
    let all = rebuilt(&story);
    let counts: Vec<_> = all.iter().map(|one| one.segments.len()).collect();
    assert_eq!(counts, [3, 2]);
    let second = all.with_id(2).unwrap();
    assert_eq!(second.relative_seq(&second.segments[1]), 0);
}

#[test]
fn without_a_syn_the_higher_port_is_called_client() {
    let mut story = Story::new();
    story.segment(1, "server > client PA 1:17(16) ack 1 win 64");
    let all = rebuilt(&story);
    let connection = all.with_id(1).unwrap();
    assert!(connection.role_guessed);
    assert_eq!(connection.client.address, address(40_000));
    assert_eq!(connection.segments[0].from, Role::Server);
    assert_eq!(connection.relative_seq(&connection.segments[0]), 1);
}

#[test]
fn calls_alone_make_a_connection() {
    let mut story = Story::new();
    story.listen().connect().accept().send16();
    let all = Connections::from_events(&story.events(&[Source::Calls]));
    assert_eq!(all.len(), 1);
    let connection = all.with_id(1).unwrap();
    assert!(connection.segments.is_empty());
    assert_eq!(
        (connection.name(Role::Client), connection.name(Role::Server)),
        ("client", "server")
    );
}

#[test]
fn connections_are_numbered_by_their_first_segment() {
    let mut story = Story::new();
    story.listen();
    story.next_client();
    story.segment(50, "client > server S 0:0(0) win 65495");
    let mut earlier = Story::new();
    earlier.segment(40, "client > server S 0:0(0) win 65495");
    story.events.extend(earlier.events);
    let all = rebuilt(&story);
    let ports: Vec<_> = all
        .iter()
        .map(|one| (one.id, one.client.address.port()))
        .collect();
    assert_eq!(ports, [(1, 40_000), (2, 40_001)]);
}

#[test]
fn what_was_received_counts_neither_syn_nor_fin() {
    let mut story = Story::new();
    story.listen().connect().accept().send16();
    story
        .segment(400, "client > server FA 17:17(0) ack 1 win 64")
        .segment(410, "server > client A 1:1(0) ack 18 win 64")
        .ok(420, CLIENT, send(1), 1);
    let all = rebuilt(&story);
    let flow = flow::Flow::over(all.with_id(1).unwrap(), |_| false);
    assert_eq!(flow.payload_received(Role::Server), 16);
    assert!(flow.of(Role::Client).fin_acked.is_some());
    assert_eq!(flow.payload_received(Role::Client), 0);
}

#[test]
fn a_socket_closed_by_its_process_says_so_with_its_unread_bytes() {
    let mut story = Story::new();
    story.listen().connect().accept().send16();
    story.ended(400, "server", &[(LISTENER, None), (SERVER, Some(16))]);
    let events = story.events(&Source::ALL);
    let all = Connections::from_events(&events);
    let one = all.with_id(1).unwrap();
    let ended = one.server.ended.unwrap();
    assert_eq!(ended.unread, Some(16));
    assert!(matches!(
        events[ended.position].body,
        EventBody::ProcessEnded(_)
    ));
    assert_eq!(one.client.ended, None);
    let listener = all.listener(SocketId(LISTENER)).unwrap();
    assert_eq!(listener.ended.unwrap().event, ended.event);
}

#[test]
fn a_connection_begun_after_its_listener_ended_is_not_named_by_it() {
    let mut story = Story::new();
    story.listen();
    story.ended(50, "server", &[(LISTENER, None)]);
    story
        .err(100, CLIENT, Call::Connect, Errno::ECONNREFUSED)
        .segment(105, "client > server S 0:0(0) win 65495")
        .segment(107, "server > client RA 0:0(0) ack 1 win 0");
    assert_eq!(rebuilt(&story).with_id(1).unwrap().listener, None);
}

#[test]
fn a_connect_that_found_no_addresses_began_no_connection() {
    let mut story = Story::new();
    story.listen().connect();
    story.next_client();
    story.err(400, CLIENT, Call::Connect, Errno::EADDRNOTAVAIL);
    assert_eq!(rebuilt(&story).len(), 1);
}

#[test]
fn a_send_with_the_syn_makes_a_client() {
    let mut story = Story::new();
    let send = Call::SendFastOpen { bytes: 14 };
    story
        .err(100, CLIENT, send, Errno::ECONNREFUSED)
        .segment(105, "client > server S 0:14(14) win 65495")
        .segment(107, "server > client RA 0:0(0) ack 15 win 0");
    let all = rebuilt(&story);
    assert_eq!(all.len(), 1);
    assert_eq!(
        all.with_id(1).unwrap().client.socket,
        Some(SocketId(CLIENT))
    );
}
