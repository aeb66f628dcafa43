//! Headers written to harm: told by frame or passed over, never a panic, never more than linear time.

use crate::support::{capture, check_same, explain, verdicts};
use crate::writer::{Order, Shot, Unit, pcap, plain};

/// Where IPv4 and TCP begin in an Ethernet frame, and some of their fields.
const IP: usize = 14;
const TCP: usize = 34;
const OFFSET: usize = TCP + 12;

fn reset_story() -> Vec<Shot> {
    capture("unread-close").shots
}

/// Explains with one more frame in front, of which it must say this.
fn check_told(frame: Shot, says: &str) {
    let mut shots = reset_story();
    shots.insert(0, frame);
    let explained = explain(&plain(&shots)).unwrap();
    let first = explained.problems.first();
    let told = first.is_some_and(|problem| problem.frame == 1 && problem.message.contains(says));
    assert!(told, "expected `{says}`, found {:?}", explained.problems);
    assert_eq!(explained.summary.resets, 1);
}

#[test]
fn data_offsets_below_five_or_beyond_the_segment_are_told() {
    let shots = reset_story();
    for offset in 0_u8..5 {
        let mut shot = shots[0].clone();
        shot.data[OFFSET] = offset << 4;
        check_told(
            shot,
            &format!("data offset {offset} is below the minimum 5"),
        );
    }
    let mut shot = shots[1].clone();
    shot.data[OFFSET] = 15 << 4;
    check_told(shot, "data offset 15");
}

#[test]
fn options_too_long_or_without_length_are_told() {
    let shots = reset_story();
    // SACK with a length beyond the header, with none at all, and with half a block.
    for (option, says) in [([5, 255], "option"), ([5, 0], "option"), ([5, 1], "option")] {
        let mut shot = shots[0].clone();
        shot.data[TCP + 20..TCP + 22].copy_from_slice(&option);
        check_told(shot, says);
    }
    let mut shot = shots[0].clone();
    shot.data[TCP + 20..TCP + 25].copy_from_slice(&[5, 5, 0, 0, 0]);
    let mut with = reset_story();
    with.insert(0, shot);
    assert_eq!(explain(&plain(&with)).unwrap().summary.resets, 1);
}

#[test]
fn headers_cut_anywhere_are_told() {
    let whole = reset_story().swap_remove(3);
    for kept in 0..TCP + 20 {
        let mut shot = whole.clone();
        shot.data.truncate(kept);
        check_told(shot, "");
    }
    let mut version = whole.clone();
    version.data[IP] = 0x95;
    check_told(version, "version 9");
    let mut length = whole;
    length.data[IP] = 0x41;
    check_told(length, "IPv4 header");
}

#[test]
fn fragments_are_told_and_not_taken_for_segments() {
    let shots = reset_story();
    let mut first = shots[3].clone();
    first.data[IP + 6] = 0x20;
    check_told(first, "the first of several IP fragments");
    let mut later = shots[3].clone();
    later.data[IP + 6..IP + 8].copy_from_slice(&[0, 9]);
    check_told(later, "fragment");
}

#[test]
fn vlan_tags_without_end_are_told() {
    let shot = reset_story().swap_remove(0);
    let mut header = vec![0; 12];
    for _ in 0..100 {
        header.extend([0x81, 0, 0, 1]);
    }
    header.extend(shot.kind());
    check_told(shot.with_header(&header), "more than 16 VLAN tags");
    let mut cut = shot.with_header(&header[..14]);
    cut.data.truncate(14);
    check_told(cut, "too few for its link header");
}

#[test]
fn extension_headers_without_end_are_passed_over() {
    let v6 = capture("unread-close-ipv6");
    let mut shots = v6.shots.clone();
    let at = shots[0].at;
    for next in [0, 43, 44, 51, 60, 135] {
        // Each names itself as the one that follows, as far as the frame goes.
        let mut datagram = vec![0x60, 0, 0, 0, 0xff, 0xff, next, 64];
        datagram.extend([0; 32]);
        for _ in 0..1_000 {
            datagram.extend([next, 0, 0, 0, 0, 0, 0, 0]);
        }
        for cut in [datagram.len(), 40, 41, 47, 48, 100] {
            shots.push(Shot::of(at, &datagram[..cut]));
        }
    }
    let explained = explain(&plain(&shots)).unwrap();
    let own = explain(&v6.bytes).unwrap();
    assert_eq!(verdicts(&explained), verdicts(&own));
    assert!(explained.packets > own.packets);
}

#[test]
fn numbers_may_wrap_anywhere() {
    for name in [
        "unread-close",
        "linger0-close",
        "s1b-send-after-close-write-first",
    ] {
        let capture = capture(name);
        let number =
            |shot: &Shot, at: usize| u32::from_be_bytes(shot.data[at..at + 4].try_into().unwrap());
        let client = capture.shots[0].data[TCP..TCP + 2].to_vec();
        let isn = [
            number(&capture.shots[0], TCP + 4),
            number(&capture.shots[1], TCP + 4),
        ];
        // Other numbers have other sums: without them nothing is said of who wrote what.
        let on_a_wire = capture.on_a_wire();
        // The largest number comes before, within and after the handshake and the data.
        for before in 0..24 {
            let shift = isn.map(|isn| u32::MAX.wrapping_sub(before).wrapping_sub(isn));
            let shots = on_a_wire.shots.iter().cloned().map(|mut shot| {
                let is_client = shot.data[TCP..TCP + 2] == client[..];
                let [own, other] = if is_client {
                    shift
                } else {
                    [shift[1], shift[0]]
                };
                for (at, by) in [(TCP + 4, own), (TCP + 8, other)] {
                    let moved = number(&shot, at);
                    // An ACK number without the flag, or a RST's number without the ACK, may be none.
                    if moved != 0 {
                        let moved = moved.wrapping_add(by);
                        shot.data[at..at + 4].copy_from_slice(&moved.to_be_bytes());
                    }
                }
                shot
            });
            let shots: Vec<_> = shots.collect();
            check_same(
                &on_a_wire,
                &plain(&shots),
                &format!("{before} before the wrap"),
            );
        }
    }
}

#[test]
fn a_hundred_thousand_connections_are_all_told() {
    let story = capture("refused-closed-port").shots;
    let mut shots = Vec::new();
    for number in 0_u32..100_000 {
        for shot in &story {
            let mut shot = shot.clone();
            shot.at += u64::from(number) * 1_000;
            let [_, high, low, last] = number.to_be_bytes();
            // The client's address, whichever way the segment goes.
            let address = if shot.data[47] & 4 == 0 {
                IP + 12
            } else {
                IP + 16
            };
            shot.data[address + 1..address + 4].copy_from_slice(&[high, low, last]);
            shots.push(shot);
        }
    }
    let explained = explain(&pcap(Order::Little, Unit::Nanos, 1, &shots)).unwrap();
    assert_eq!(explained.summary.connections, 100_000);
    assert_eq!(explained.summary.resets, 100_000);
    assert_eq!(explained.summary.outcomes["refused"], 100_000);
    let ids = explained.connections.iter().map(|one| one.id);
    assert!(ids.eq(0..100_000));
}

#[test]
fn the_same_ends_again_and_again_are_as_many_connections() {
    let story = reset_story();
    let mut shots = Vec::new();
    for number in 0_u32..500 {
        for shot in &story {
            let mut shot = shot.clone();
            shot.at += u64::from(number) * 50_000_000;
            for (at, set) in [(TCP + 4, true), (TCP + 8, shot.data[47] & 0x10 != 0)] {
                let seen: [u8; 4] = shot.data[at..at + 4].try_into().unwrap();
                let moved = u32::from_be_bytes(seen).wrapping_add(number * 1_000_003);
                if set {
                    shot.data[at..at + 4].copy_from_slice(&moved.to_be_bytes());
                }
            }
            shots.push(shot);
        }
    }
    let explained = explain(&plain(&shots)).unwrap();
    assert_eq!(explained.connections.len(), 500);
    for one in &explained.connections {
        assert_eq!(one.resets.len(), 1, "{}", one.id);
        assert_eq!(one.resets[0].cause.to_string(), "close-with-unread-data");
    }
}

#[test]
fn a_flood_of_resets_is_counted_beyond_those_explained() {
    let mut shots = reset_story();
    let last = shots.last().unwrap().clone();
    for number in 1..=5_000 {
        let mut shot = last.clone();
        shot.at += number * 20_000_000;
        shots.push(shot);
    }
    let explained = explain(&plain(&shots)).unwrap();
    assert_eq!(explained.connections.len(), 1);
    let only = &explained.connections[0];
    let told = only.resets.len() as u64 + u64::from(only.resets_not_explained);
    assert_eq!((told, explained.summary.resets), (5_001, 5_001));
    assert!(only.resets.len() <= 1_000);
}
