//! Every format, clock, byte order and link type: the same verdict as of the original.

use aftershake_shared::capture::explainer::{Explainer, Options};
use aftershake_shared::diagnosis::finding::Certainty;

use crate::support::{Capture, capture, captures, check_same, explain, verdicts};
use crate::writer::{Blocks, Order, Shot, Unit, pcap, plain};

const ORDERS: [Order; 2] = [Order::Little, Order::Big];

/// `if_tsresol` for nanoseconds.
const NANOS: [u8; 8] = [9, 0, 1, 0, 9, 0, 0, 0];
/// The same as a section of the other byte order writes it.
const NANOS_BIG: [u8; 8] = [0, 9, 0, 1, 9, 0, 0, 0];

const fn nanos(order: Order) -> [u8; 8] {
    match order {
        Order::Little => NANOS,
        Order::Big => NANOS_BIG,
    }
}

#[test]
fn classic_captures_of_both_byte_orders_and_clocks() {
    for capture in captures() {
        for order in ORDERS {
            for unit in [Unit::Micros, Unit::Nanos] {
                let bytes = pcap(order, unit, 1, &capture.shots);
                check_same(&capture, &bytes, &format!("{order:?} {unit:?}"));
            }
        }
    }
}

#[test]
fn enhanced_and_obsolete_packets_of_both_byte_orders() {
    for capture in captures() {
        for order in ORDERS {
            let mut blocks = Blocks::new(order);
            blocks.interface(1, 0, &nanos(order));
            for (number, shot) in capture.shots.iter().enumerate() {
                if number % 2 == 0 {
                    blocks.enhanced(0, shot.at, shot, &[]);
                } else {
                    blocks.obsolete(0, shot.at, shot);
                }
            }
            check_same(&capture, &blocks.bytes, &format!("pcapng {order:?}"));
        }
    }
}

#[test]
fn interfaces_with_clocks_of_their_own_and_several_sections() {
    let mut compared = 0;
    for capture in captures() {
        // One of the interfaces does not say that it is Linux's loopback.
        let capture = capture.on_a_wire();
        let mut blocks = Blocks::new(Order::Little);
        blocks.block(0x0bad, b"a custom block that nobody knows");
        for (number, shot) in capture.shots.iter().enumerate() {
            // All clocks can tell this time, so that none puts a frame before the one it follows.
            let mut shot = shot.clone();
            shot.at -= shot.at % 1_000;
            let order = ORDERS[number / 3 % 2];
            if number % 3 == 0 {
                blocks.section(order);
                // Microseconds unless told; then nanoseconds; then a clock that began 1000 s later.
                blocks.interface(1, 0, &[]);
                blocks.interface(101, 0, &nanos(order));
                let offset = match order {
                    Order::Little => 1_000_i64.to_le_bytes(),
                    Order::Big => 1_000_i64.to_be_bytes(),
                };
                let options = [blocks.option(9, &[9]), blocks.option(14, &offset)].concat();
                blocks.interface(113, 65_535, &options);
            }
            match number % 3 {
                0 => blocks.enhanced(0, shot.at / 1_000, &shot, &[]),
                1 => blocks.enhanced(1, shot.at, &shot.with_header(&[]), &[]),
                _ => {
                    let mut cooked = shot.with_header(&cooked(&shot, 0));
                    cooked.data[2..4].copy_from_slice(&1_u16.to_be_bytes());
                    blocks.enhanced(2, shot.at - 1_000_000_000_000, &cooked, &[]);
                }
            }
        }
        let explained = explain(&blocks.bytes).unwrap();
        // Where a datagram stands twice in the original, the places at which it was seen now say why.
        let own = explain(&capture.bytes).unwrap();
        if explained.summary.copies == 0 && own.summary.copies == 0 {
            assert_eq!(verdicts(&explained), verdicts(&own), "{}", capture.name);
            compared += 1;
        }
    }
    assert!(compared >= 30, "{compared}");
}

#[test]
fn simple_packets_have_no_time_and_keep_who_and_what() {
    for name in ["unread-close", "linger0-close", "refused-closed-port"] {
        let capture = capture(name);
        let mut blocks = Blocks::new(Order::Big);
        blocks.interface(1, 80, &[]);
        for shot in &capture.shots {
            let mut shot = shot.clone();
            shot.data.truncate(80);
            blocks.simple(&shot);
        }
        check_same(&capture, &blocks.bytes, "simple packets");
    }
}

/// The header of `-i any`, with the direction: 0 to us, 4 from us.
fn cooked(shot: &Shot, direction: u16) -> Vec<u8> {
    [
        &direction.to_be_bytes()[..],
        &772_u16.to_be_bytes(),
        &6_u16.to_be_bytes(),
        &[0; 8],
        &shot.kind(),
    ]
    .concat()
}

/// The header of `-i any` since libpcap 1.10: with the interface.
fn cooked2(shot: &Shot, interface: u32, direction: u8) -> Vec<u8> {
    [
        &shot.kind()[..],
        &[0, 0],
        &interface.to_be_bytes(),
        &772_u16.to_be_bytes(),
        &[direction, 6],
        &[0; 8],
    ]
    .concat()
}

#[test]
fn every_link_type() {
    type Header = fn(&Shot) -> Vec<u8>;
    let of_linux: [(u32, &str, Header); 5] = [
        (113, "cooked", |shot| cooked(shot, 0)),
        (276, "cooked v2", |shot| cooked2(shot, 1, 0)),
        (1, "one VLAN tag", |shot| tagged(shot, &[0x8100])),
        (1, "stacked VLAN tags", |shot| {
            tagged(shot, &[0x88a8, 0x8100])
        }),
        (1, "sixteen VLAN tags", |shot| tagged(shot, &[0x9100; 16])),
    ];
    let of_any_system: [(u32, &str, Header); 7] = [
        (101, "raw", |_| Vec::new()),
        (12, "raw as BSD numbers it", |_| Vec::new()),
        (14, "raw as OpenBSD numbers it", |_| Vec::new()),
        (0, "loopback of FreeBSD", |shot| {
            family(shot, 28).to_le_bytes().to_vec()
        }),
        (0, "loopback of macOS", |shot| {
            family(shot, 30).to_le_bytes().to_vec()
        }),
        (0, "loopback of a big-endian NetBSD", |shot| {
            family(shot, 24).to_be_bytes().to_vec()
        }),
        (108, "loopback of OpenBSD", |shot| {
            family(shot, 24).to_be_bytes().to_vec()
        }),
    ];
    let written = |capture: &Capture, link, header: Header| {
        let shots = capture.shots.iter();
        let shots: Vec<_> = shots.map(|shot| shot.with_header(&header(shot))).collect();
        pcap(Order::Little, Unit::Nanos, link, &shots)
    };
    for capture in captures() {
        for (link, name, header) in of_linux {
            check_same(&capture, &written(&capture, link, header), name);
        }
        let on_a_wire = capture.on_a_wire();
        for (link, name, header) in of_any_system {
            check_same(&on_a_wire, &written(&capture, link, header), name);
        }
    }
}

/// Linux 6.1 with iptables: a closed port and a rule, over IPv4 and over IPv6.
#[test]
fn an_older_kernel_writes_its_checksums_in_the_same_way() {
    let explained = explain(&capture("iptables-rejects-on-6-1").bytes).unwrap();
    let resets = explained.connections.iter().flat_map(|one| &one.resets);
    let said: Vec<_> = resets.map(|reset| reset.cause.slug()).collect();
    let (nobody, rule) = ("connection-refused", "firewall-reject-tcp-reset");
    assert_eq!(said, [nobody, rule, nobody, rule]);
}

/// Who wrote an answer is told by its checksum, on Linux's loopback and nowhere else; it is never certain.
#[test]
fn a_checksum_is_a_sign_on_the_loopback_of_linux_alone() {
    let capture = capture("nft-reject-tcp-reset-syn");
    let first = |shots: &[Shot], link| {
        let explained = explain(&pcap(Order::Little, Unit::Nanos, link, shots)).unwrap();
        let reset = &explained.connections[0].resets[0];
        assert_eq!(reset.certainty, Certainty::Likely, "{reset:?}");
        assert_eq!(reset.candidates.len(), 2, "{reset:?}");
        reset.cause.slug()
    };
    let (nobody, rule) = ("connection-refused", "firewall-reject-tcp-reset");
    let with = |change: fn(&mut Shot)| {
        let shots = capture.shots.iter().cloned().map(|mut shot| {
            change(&mut shot);
            shot
        });
        shots.collect::<Vec<_>>()
    };
    assert_eq!(first(&capture.shots, 1), rule);
    assert_eq!(first(&capture.on_a_wire().shots, 1), nobody);
    let of_any = with(|shot| *shot = shot.with_header(&cooked(shot, 0)));
    assert_eq!(first(&of_any, 113), rule);
    // Replayed onto loopback it has still the address of the card that it came by.
    let replayed = with(|shot| {
        *shot = shot.with_header(&cooked(shot, 0));
        shot.data[6..12].copy_from_slice(&[2, 0, 0, 0, 0, 1]);
    });
    assert_eq!(first(&replayed, 113), nobody);
    // The time to live of a Windows, whose loopback is no Linux's.
    let of_windows = with(|shot| shot.data[22] = 128);
    assert_eq!(first(&of_windows, 1), nobody);
}

fn family(shot: &Shot, v6: u32) -> u32 {
    if shot.kind() == [0x86, 0xdd] { v6 } else { 2 }
}

fn tagged(shot: &Shot, tags: &[u16]) -> Vec<u8> {
    let mut header = shot.data[..12].to_vec();
    for tag in tags {
        header.extend(tag.to_be_bytes());
        header.extend([0, 7]);
    }
    header.extend(shot.kind());
    header
}

#[test]
fn what_any_shows_twice_is_counted_once() {
    let capture = capture("unread-close");
    let twice = |header: fn(&Shot, bool) -> Vec<u8>, link| {
        let mut shots = Vec::new();
        for shot in &capture.shots {
            shots.push(shot.with_header(&header(shot, true)));
            let mut in_again = shot.with_header(&header(shot, false));
            in_again.at += 900;
            shots.push(in_again);
        }
        let explained = explain(&pcap(Order::Little, Unit::Nanos, link, &shots)).unwrap();
        assert_eq!(explained.summary.copies, capture.shots.len() as u64);
        assert_eq!(explained.connections.len(), 1);
        let reset = &explained.connections[0].resets;
        assert_eq!(reset.len(), 1);
        // The 6th segment went out as the 11th frame.
        assert_eq!(reset[0].frame, 11);
        assert_eq!(reset[0].cause.to_string(), "close-with-unread-data");
    };
    twice(|shot, out| cooked(shot, if out { 4 } else { 0 }), 113);
    twice(|shot, out| cooked2(shot, 1, if out { 4 } else { 0 }), 276);
}

#[test]
fn a_short_snap_length_takes_payload_and_nothing_else() {
    for capture in captures() {
        let shots = capture.shots.iter().map(|shot| {
            let mut shot = shot.clone();
            // Ethernet, IP, the longest TCP header.
            let ip = if shot.kind() == [0x86, 0xdd] { 40 } else { 20 };
            shot.data.truncate(14 + ip + 60);
            shot
        });
        let bytes = plain(&shots.collect::<Vec<_>>());
        check_same(&capture, &bytes, "cut behind the headers");
    }
}

#[test]
fn extension_headers_are_passed_over() {
    for capture in captures() {
        let is_v6 = |shot: &Shot| shot.kind() == [0x86, 0xdd] && shot.data[20] == 6;
        let shots = capture.shots.iter().cloned().map(|mut shot| {
            if is_v6(&shot) {
                // Hop-by-hop options, then destination options, then TCP.
                shot.data[20] = 0;
                let length = u16::from_be_bytes([shot.data[18], shot.data[19]]) + 16;
                shot.data[18..20].copy_from_slice(&length.to_be_bytes());
                let two = [60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0];
                shot.data.splice(54..54, two);
                shot.len += 16;
            }
            shot
        });
        let shots: Vec<_> = shots.collect();
        check_same(&capture, &plain(&shots), "IPv6 with extension headers");
    }
}

#[test]
fn checksums_say_nothing_and_neither_does_a_total_length_of_zero() {
    for capture in captures() {
        let shots = capture.shots.iter().cloned().map(|mut shot| {
            if shot.kind() == [8, 0] {
                // What segmentation offload leaves for segments beyond 64 KiB.
                shot.data[16..18].fill(0);
                shot.data[24..26].fill(0xee);
            }
            shot
        });
        let shots: Vec<_> = shots.collect();
        check_same(&capture, &plain(&shots), "offloaded");
    }
}

#[test]
fn bytes_may_come_one_by_one() {
    for capture in captures().into_iter().step_by(7) {
        let mut blocks = Blocks::new(Order::Little);
        blocks.interface(1, 0, &NANOS);
        for shot in &capture.shots {
            blocks.enhanced(0, shot.at, shot, &[]);
        }
        let own = verdicts(&explain(&capture.bytes).unwrap());
        for bytes in [&capture.bytes, &blocks.bytes] {
            for size in [1, 7, 61] {
                let mut reader = Explainer::new(Options::default());
                for piece in bytes.chunks(size) {
                    reader.feed(piece).unwrap();
                }
                let explained = reader.finish().unwrap();
                assert_eq!(verdicts(&explained), own, "{} by {size}", capture.name);
                assert!(explained.problems.is_empty());
            }
        }
    }
}
