//! The diagnosis on what is kept of a connection equals the one on all of it.

use aftershake_shared::capture::explained::ConnectionExplained;
use aftershake_shared::capture::explainer::{Options, TAIL};

use crate::support::{captures, explain_with};
use crate::writer::{Shot, plain};

/// More than any connection here has: nothing is folded.
const ALL: usize = 1 << 30;
/// Exchanges put into the middle, many times what is kept.
const EXCHANGES: u32 = 700;
const PAYLOAD: u16 = 100;

fn with_tail(bytes: &[u8], tail: usize) -> Vec<ConnectionExplained> {
    let options = Options {
        tail,
        ..Options::default()
    };
    explain_with(bytes, options).unwrap().connections
}

#[test]
fn the_verdict_is_the_same_on_a_short_history_and_on_the_whole_one() {
    for capture in captures() {
        let whole = with_tail(&capture.bytes, ALL);
        for tail in [TAIL, 64, 32] {
            let folded = with_tail(&capture.bytes, tail);
            assert_eq!(folded, whole, "{} with a tail of {tail}", capture.name);
        }
    }
}

#[test]
fn long_transfers_before_the_end_change_nothing_either() {
    let mut stretched = 0;
    for capture in captures() {
        for from_client in [true, false] {
            let Some(shots) = stretch(&capture.shots, from_client) else {
                continue;
            };
            stretched += 1;
            let bytes = plain(&shots);
            let (whole, folded) = (with_tail(&bytes, ALL), with_tail(&bytes, TAIL));
            assert_eq!(folded, whole, "{} stretched", capture.name);
            assert!(whole.iter().any(|one| one.segments > 1_000));
        }
    }
    assert!(stretched >= 60, "{stretched}");
}

/// Puts a long transfer behind the first handshake over IPv4; `None` where there is none.
fn stretch(shots: &[Shot], from_client: bool) -> Option<Vec<Shot>> {
    let is_v4 = |shot: &&Shot| shot.kind() == [8, 0] && shot.data.len() >= 54 && shot.data[23] == 6;
    let syn = shots.iter().find(is_v4).filter(|shot| shot.data[47] == 2)?;
    let client = ends(syn);
    let at = shots.iter().position(|shot| {
        is_v4(&shot) && ends(shot) == client && shot.data[47] == 0x10 && ack(shot) != 0
    })?;
    let template = &shots[at];
    // A data segment and its acknowledgement in place of the handshake's last.
    let numbers = (seq(template), ack(template));
    let mut all = shots[..=at].to_vec();
    for number in 0..EXCHANGES {
        let sent = number * u32::from(PAYLOAD);
        let (by_client, by_server) = if from_client {
            (numbers.0.wrapping_add(sent), numbers.1)
        } else {
            (numbers.0, numbers.1.wrapping_add(sent))
        };
        let after = u32::from(PAYLOAD);
        let mut data = template.clone();
        let mut answer = turned(template);
        if from_client {
            set(&mut data, by_client, by_server, PAYLOAD, number);
            set(
                &mut answer,
                by_server,
                by_client.wrapping_add(after),
                0,
                number,
            );
        } else {
            data = turned(template);
            answer = template.clone();
            set(&mut data, by_server, by_client, PAYLOAD, number);
            set(
                &mut answer,
                by_client,
                by_server.wrapping_add(after),
                0,
                number,
            );
        }
        all.extend([data, answer]);
    }
    let moved = EXCHANGES * u32::from(PAYLOAD);
    for shot in &shots[at + 1..] {
        let mut shot = shot.clone();
        let is_own = is_v4(&&shot) && (ends(&shot) == client || ends(&turned(&shot)) == client);
        if is_own && shot.data[47] & 2 == 0 {
            let is_client = ends(&shot) == client;
            let (own, other) = if is_client == from_client {
                (moved, 0)
            } else {
                (0, moved)
            };
            let (seq, ack) = (seq(&shot), ack(&shot));
            if seq != 0 {
                shot.data[38..42].copy_from_slice(&seq.wrapping_add(own).to_be_bytes());
            }
            if ack != 0 {
                shot.data[42..46].copy_from_slice(&ack.wrapping_add(other).to_be_bytes());
            }
        }
        all.push(shot);
    }
    Some(all)
}

/// Addresses and ports, the sender's first.
fn ends(shot: &Shot) -> [u8; 12] {
    shot.data[26..38].try_into().unwrap()
}

fn word(shot: &Shot, at: usize) -> u32 {
    u32::from_be_bytes(shot.data[at..at + 4].try_into().unwrap())
}

fn seq(shot: &Shot) -> u32 {
    word(shot, 38)
}

fn ack(shot: &Shot) -> u32 {
    word(shot, 42)
}

/// From the other end.
fn turned(shot: &Shot) -> Shot {
    let mut turned = shot.clone();
    turned.data[26..30].copy_from_slice(&shot.data[30..34]);
    turned.data[30..34].copy_from_slice(&shot.data[26..30]);
    turned.data[34..36].copy_from_slice(&shot.data[36..38]);
    turned.data[36..38].copy_from_slice(&shot.data[34..36]);
    turned
}

/// Numbers, payload and an identification of its own.
fn set(shot: &mut Shot, seq: u32, ack: u32, payload: u16, number: u32) {
    let length = u16::from_be_bytes([shot.data[16], shot.data[17]]) + payload;
    shot.data[16..18].copy_from_slice(&length.to_be_bytes());
    let id = u16::try_from(number + 1).unwrap();
    shot.data[18..20].copy_from_slice(&id.to_be_bytes());
    shot.data[38..42].copy_from_slice(&seq.to_be_bytes());
    shot.data[42..46].copy_from_slice(&ack.to_be_bytes());
    shot.data.resize(shot.data.len() + usize::from(payload), 7);
    shot.len += u32::from(payload);
}

/// A RST that ended nothing, many segments after it, and as many RSTs and segments again: no segment may cost more
/// than the one before it, and each RST keeps what it answers.
#[test]
fn resets_within_a_long_connection_keep_what_they_answer() {
    let capture = captures()
        .into_iter()
        .find(|one| one.name == "unread-close");
    let shots = capture.unwrap().shots;
    let whole = stretch(&shots, true).unwrap();
    let (body, end) = whole.split_at(whole.len() - 1);
    let data = body.iter().rfind(|shot| shot.data.len() > 100).unwrap();
    let mut rst = turned(data);
    rst.data.truncate(54);
    rst.data[16..18].copy_from_slice(&40_u16.to_be_bytes());
    rst.data[18..20].copy_from_slice(&[0, 0]);
    rst.data[46] = 0x50;
    rst.data[47] = 4;
    rst.data[48..50].copy_from_slice(&[0, 0]);
    rst.len = 54;
    let mut all = body.to_vec();
    for _ in 0..40 {
        let answered = ack(data).to_be_bytes();
        let mut stray = rst.clone();
        stray.data[38..42].copy_from_slice(&answered);
        all.push(data.clone());
        all.push(stray);
        all.extend(body[body.len() - 600..].iter().cloned());
    }
    all.extend(end.iter().cloned());
    let bytes = plain(&all);
    let folded = with_tail(&bytes, TAIL);
    let whole = with_tail(&bytes, ALL);
    let causes = |list: &[ConnectionExplained]| -> Vec<_> {
        let resets = list.iter().flat_map(|one| &one.resets);
        resets
            .map(|reset| (reset.frame, reset.candidates.clone()))
            .collect()
    };
    assert_eq!(causes(&folded), causes(&whole));
    assert_eq!(causes(&folded).len(), 41);
}
