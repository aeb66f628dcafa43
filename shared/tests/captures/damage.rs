//! Files cut, damaged or written to harm: a clear error or what could be read, and never more than its share of memory.

use aftershake_shared::capture::explained::{Explained, HEALTHY_LISTED};
use aftershake_shared::capture::explainer::{Explainer, Options};
use aftershake_shared::capture::frames::{LARGEST, NotACapture};
use aftershake_shared::capture::problems::LISTED;

use crate::support::{capture, captures, explain, verdicts};
use crate::writer::{Blocks, Order, Shot, Unit, pcap, pcap_header, plain};

const NANOS: [u8; 8] = [9, 0, 1, 0, 9, 0, 0, 0];

/// The first problem, which must concern that frame and say this.
fn check_problem(explained: &Explained, frame: u32, says: &str) {
    let first = explained.problems.first().unwrap();
    assert_eq!(first.frame, frame, "{first:?}");
    assert!(first.message.contains(says), "{first:?}");
}

fn ng_of(shots: &[Shot]) -> Blocks {
    let mut blocks = Blocks::new(Order::Little);
    blocks.interface(1, 0, &NANOS);
    for shot in shots {
        blocks.enhanced(0, shot.at, shot, &[]);
    }
    blocks
}

#[test]
fn a_file_that_is_no_capture_is_refused_by_what_it_begins_with() {
    let check = |bytes: &[u8], says: &str| {
        let error = explain(bytes).unwrap_err().to_string();
        assert!(error.contains(says), "{bytes:02x?}: {error}");
    };
    check(b"", "the file is empty");
    check(b"{", "its header has 1 bytes");
    check(b"#!/bin/sh", "it begins with [23, 21, 2f, 62]");
    // zstd, which is not read.
    check(
        &[0x28, 0xb5, 0x2f, 0xfd, 0, 0],
        "it begins with [28, b5, 2f, fd]",
    );
    let header = pcap_header(Order::Big, Unit::Micros, 1);
    for cut in 1..header.len() {
        assert_eq!(explain(&header[..cut]), Err(NotACapture::HeaderCut(cut)));
    }
    check(
        &pcap_header(Order::Little, Unit::Nanos, 105),
        "link type 105",
    );
    let mut version = header;
    version[5] = 9;
    check(&version, "pcap version 9.4, expected 2.4");
    let section = Blocks::new(Order::Little).bytes;
    for cut in 1..12 {
        assert_eq!(explain(&section[..cut]), Err(NotACapture::HeaderCut(cut)));
    }
    for length in [0_u32, 3, 12, 27, 30, u32::MAX] {
        let mut wrong = section.clone();
        wrong[4..8].copy_from_slice(&length.to_le_bytes());
        assert_eq!(explain(&wrong), Err(NotACapture::BlockLength(length)));
    }
    let mut mark = section;
    mark[8] = 0;
    check(&mark, "the byte-order mark is 0x1a2b3c00");
}

#[test]
fn a_capture_without_frames_is_one() {
    for bytes in [plain(&[]), Blocks::new(Order::Big).bytes] {
        let explained = explain(&bytes).unwrap();
        assert_eq!((explained.packets, explained.summary.problems), (0, 0));
        assert!(explained.connections.is_empty());
    }
}

#[test]
fn cut_at_every_byte_it_tells_the_frame_and_explains_those_before() {
    let capture = capture("unread-close");
    for (bytes, head) in [
        (capture.bytes.clone(), 24),
        (ng_of(&capture.shots).bytes, 28 + 28),
    ] {
        let mut ends = vec![head];
        let mut before = 0;
        for cut in head..bytes.len() {
            let explained = explain(&bytes[..cut]).unwrap();
            if explained.packets > before {
                before = explained.packets;
                ends.push(cut);
            }
            if ends.contains(&cut) {
                assert!(explained.problems.is_empty(), "{cut}");
            } else {
                check_problem(&explained, before + 1, "the file ends within this frame");
            }
        }
        assert_eq!(ends.len(), capture.shots.len());
    }
}

#[test]
fn every_capture_with_any_byte_changed_is_read_to_an_end() {
    for capture in captures().iter().step_by(23) {
        let ng = ng_of(&capture.shots).bytes;
        for bytes in [&capture.bytes, &ng] {
            for at in 0..bytes.len().min(700) {
                for value in [0, 0xff] {
                    let mut changed = bytes.clone();
                    changed[at] = value;
                    let _ = explain(&changed);
                }
            }
        }
    }
}

#[test]
fn lengths_that_lie_are_told_and_cost_nothing() {
    let shots = capture("unread-close").shots;
    let with = |captured: u32, len: u32| {
        let mut bytes = plain(&shots);
        let at = plain(&shots[..2]).len();
        bytes[at + 8..at + 12].copy_from_slice(&captured.to_le_bytes());
        bytes[at + 12..at + 16].copy_from_slice(&len.to_le_bytes());
        bytes
    };
    for captured in [u32::MAX, LARGEST + 1] {
        let explained = explain(&with(captured, captured)).unwrap();
        check_problem(
            &explained,
            3,
            &format!("it claims {captured} captured bytes"),
        );
        assert_eq!(explained.packets, 2);
    }
    // More captured than was sent: told, and read all the same.
    let captured = u32::try_from(shots[2].data.len()).unwrap();
    let explained = explain(&with(captured, captured - 8)).unwrap();
    check_problem(&explained, 3, "captured bytes of");
    assert_eq!(explained.packets as usize, shots.len());
    // A length that swallows the frames behind it.
    let explained = explain(&with(LARGEST, LARGEST)).unwrap();
    check_problem(&explained, 3, "the file ends within this frame");
}

#[test]
fn a_snap_length_of_zero_and_empty_frames_are_told_by_frame() {
    let mut shots = capture("unread-close").shots;
    for shot in &mut shots {
        shot.data.clear();
    }
    for bytes in [plain(&shots), ng_of(&shots).bytes] {
        let explained = explain(&bytes).unwrap();
        check_problem(&explained, 1, "the frame has 0 bytes");
        assert_eq!(explained.summary.problems, shots.len() as u64);
    }
}

#[test]
fn block_lengths_that_lead_nowhere_stop_the_reading() {
    let shots = capture("unread-close").shots;
    let good = ng_of(&shots[..3]).bytes;
    for length in [0_u32, 3, 4, 8, 11, 13, 0xffff_ffff] {
        let mut blocks = Blocks {
            order: Order::Little,
            bytes: good.clone(),
        };
        let at = blocks.bytes.len();
        blocks.enhanced(0, 0, &shots[3], &[]);
        blocks.bytes[at + 4..at + 8].copy_from_slice(&length.to_le_bytes());
        let explained = explain(&blocks.bytes).unwrap();
        check_problem(&explained, 4, &format!("a block of length {length}"));
        assert_eq!(explained.packets, 3);
    }
    // Both lengths of a block must agree; where they do not, the first counts.
    let mut trailer = ng_of(&shots).bytes;
    let last = trailer.len() - 4;
    trailer[last] ^= 8;
    let explained = explain(&trailer).unwrap();
    assert!(explained.problems[0].message.contains("at its start and"));
    assert_eq!(explained.packets as usize, shots.len());
    // A block beyond every frame is passed over without being held.
    let mut large = good;
    large.extend(6_u32.to_le_bytes());
    large.extend((LARGEST + 4).to_le_bytes());
    let mut reader = Explainer::new(Options::default());
    reader.feed(&large).unwrap();
    let megabyte = vec![0; 1 << 20];
    for _ in 0..16 {
        reader.feed(&megabyte).unwrap();
    }
    let explained = reader.finish().unwrap();
    check_problem(&explained, 4, "was passed over");
    check_problem(&explained, 4, "16777220 bytes");
}

#[test]
fn a_section_in_neither_byte_order_stops_the_reading() {
    let shots = capture("unread-close").shots;
    let mut blocks = ng_of(&shots);
    let at = blocks.bytes.len();
    blocks.section(Order::Big);
    blocks.bytes[at + 8] ^= 1;
    let explained = explain(&blocks.bytes).unwrap();
    let next = u32::try_from(shots.len()).unwrap() + 1;
    check_problem(&explained, next, "byte-order mark");
    assert_eq!(explained.packets + 1, next);
}

#[test]
fn a_million_interfaces_are_counted_and_not_kept() {
    let shots = capture("unread-close").shots;
    let mut blocks = Blocks::new(Order::Little);
    for _ in 0..1_000_000 {
        blocks.interface(1, 0, &[]);
    }
    for shot in &shots {
        blocks.enhanced(7, shot.at / 1_000, shot, &[]);
    }
    blocks.enhanced(999_999, 0, &shots[0], &[]);
    let explained = explain(&blocks.bytes).unwrap();
    check_problem(&explained, 1, "more than 65536 interfaces");
    assert_eq!(explained.summary.problems, 2);
    assert_eq!(explained.summary.resets, 1);
    assert!(explained.problems[1].message.contains("interface 999999"));
}

#[test]
fn an_interface_that_is_unknown_or_unread_costs_its_frames_only() {
    let shots = capture("unread-close").shots;
    let mut blocks = Blocks::new(Order::Little);
    blocks.interface(105, 0, &[]);
    blocks.interface(1, 0, &NANOS);
    for shot in &shots {
        blocks.enhanced(0, 0, shot, &[]);
        blocks.enhanced(1, shot.at, shot, &[]);
        blocks.enhanced(2, 0, shot, &[]);
    }
    let explained = explain(&blocks.bytes).unwrap();
    check_problem(
        &explained,
        1,
        "interface 0 has link type 105, which is not read",
    );
    assert_eq!(explained.problems[1].frame, 3);
    assert!(
        explained.problems[1]
            .message
            .contains("interface 2 has not been described")
    );
    assert_eq!(explained.connections[0].resets[0].frame, 3 * 6 - 1);
}

#[test]
fn options_that_overflow_and_odd_clocks_harm_nothing() {
    let shots = capture("unread-close").shots;
    for options in [
        vec![9, 0, 0xff, 0xff, 1, 2, 3, 4],
        vec![9, 0, 1],
        vec![9, 0, 1, 0, 127, 0, 0, 0],
        vec![9, 0, 1, 0, 255, 0, 0, 0],
        [vec![14, 0, 8, 0], vec![0xff; 8]].concat(),
        [vec![14, 0, 8, 0], vec![0x7f; 8]].concat(),
        vec![0xff; 64],
    ] {
        let mut blocks = Blocks::new(Order::Little);
        blocks.interface(1, 0, &options);
        for shot in &shots {
            blocks.enhanced(0, u64::MAX, shot, &options);
        }
        let explained = explain(&blocks.bytes).unwrap();
        assert_eq!(explained.summary.resets, 1, "{options:?}");
    }
}

#[test]
fn names_and_secrets_are_passed_over_unread() {
    let capture = capture("unread-close");
    let mut blocks = Blocks::new(Order::Little);
    blocks.interface(1, 0, &NANOS);
    for shot in &capture.shots {
        // Names resolved, a decryption secret, a journal entry, a custom block: any of them may lie about itself.
        for kind in [4, 10, 9, 0x0bad, 0x4000_0bad] {
            blocks.block(kind, b"CLIENT_RANDOM 0123 secret\xff\xff\xff\xff");
        }
        blocks.enhanced(0, shot.at, shot, &[]);
    }
    let explained = explain(&blocks.bytes).unwrap();
    let own = explain(&capture.bytes).unwrap();
    assert_eq!(verdicts(&explained), verdicts(&own));
    let said = serde_json::to_string(&explained).unwrap();
    assert!(!said.contains("secret"));
}

#[test]
fn frames_that_the_capturing_program_lost_are_told() {
    let shots = capture("refused-closed-port").shots;
    let mut blocks = ng_of(&shots);
    let body = [vec![0; 12], blocks.option(5, &17_u64.to_le_bytes())].concat();
    blocks.block(5, &body);
    let explained = explain(&blocks.bytes).unwrap();
    assert_eq!(explained.summary.lost, 17);
}

#[test]
fn problems_and_healthy_connections_are_listed_up_to_a_limit_and_all_counted() {
    let mut shots = Vec::new();
    for port in 1_u16..=2_000 {
        let mut shot = capture_syn();
        shot.data[34..36].copy_from_slice(&(port + 20_000).to_be_bytes());
        // A lone ACK: neither begun nor ended.
        shot.data[47] = 0x10;
        shots.push(shot);
        shots.push(Shot::whole(0, vec![8]));
    }
    let explained = explain(&pcap(Order::Little, Unit::Nanos, 1, &shots)).unwrap();
    assert_eq!(explained.problems.len(), LISTED);
    assert_eq!(explained.summary.problems, 2_000);
    assert_eq!(explained.connections.len() as u64, HEALTHY_LISTED);
    assert_eq!(explained.summary.connections, 2_000);
    assert_eq!(explained.summary.outcomes["open"], 2_000);
}

fn capture_syn() -> Shot {
    let mut shots = capture("unread-close").shots;
    shots.swap_remove(0)
}
