//! A capture of a million packets, the same on every machine: many short connections at once, some of them reset.

use std::io::{self, Write};

/// Connections that are open at the same time.
const AT_ONCE: usize = 250;
/// Connections of one million.
pub const CONNECTIONS: usize = 12_500;
/// Segments of each connection.
const SEGMENTS: usize = 80;
/// One in so many connections ends with a RST.
const ONE_IN: usize = 10;
/// Packets of one million.
pub const PACKETS: usize = packets(CONNECTIONS);
/// Connections of these that were reset.
pub const RESETS: usize = CONNECTIONS / ONE_IN;
const PAYLOAD: u16 = 100;
const PORTS: usize = 50_000;

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const PSH: u8 = 8;
const ACK: u8 = 16;

/// Where a connection that ends well begins to end.
const ENDING: usize = SEGMENTS - 4;

/// Writes all of them.
///
/// # Errors
/// What the writer says.
pub fn million(round: u64, out: &mut impl Write) -> io::Result<()> {
    part(round, CONNECTIONS, out)
}

/// Packets of so many connections.
pub const fn packets(connections: usize) -> usize {
    connections * SEGMENTS
}

/// Writes the packets of the first so many connections, and before those of round 0 the file's header: little-endian, nanoseconds, Ethernet.
///
/// # Errors
/// What the writer says.
pub fn part(round: u64, connections: usize, out: &mut impl Write) -> io::Result<()> {
    if round == 0 {
        let words = [0xa1b2_3c4d_u32, 4 << 16 | 2, 0, 0, 262_144, 1];
        for word in words {
            out.write_all(&word.to_le_bytes())?;
        }
    }
    let mut at = 1_700_000_000_000_000_000 + round * 20_000_000_000;
    for first in (0..connections).step_by(AT_ONCE) {
        for step in 0..SEGMENTS {
            for number in first..connections.min(first + AT_ONCE) {
                at += 10_000;
                segment(round, number, step, at, out)?;
            }
        }
    }
    Ok(())
}

/// One step of one connection: handshake, exchanges, and an end of four segments or of a RST after unread data.
fn segment(
    round: u64,
    number: usize,
    step: usize,
    at: u64,
    out: &mut impl Write,
) -> io::Result<()> {
    let is_reset = number.is_multiple_of(ONE_IN);
    let last = SEGMENTS - 1;
    let (by_client, flags, payload) = match step {
        0 => (true, SYN, 0),
        1 => (false, SYN | ACK, 0),
        2 => (true, ACK, 0),
        _ if step == last && is_reset => (false, RST | ACK, 0),
        _ if is_reset || step < ENDING => {
            let is_data = !step.is_multiple_of(2);
            let flags = if is_data { PSH | ACK } else { ACK };
            (is_data, flags, if is_data { PAYLOAD } else { 0 })
        }
        ENDING => (true, FIN | ACK, 0),
        _ if step == ENDING + 1 => (false, ACK, 0),
        _ if step == ENDING + 2 => (false, FIN | ACK, 0),
        _ => (true, ACK, 0),
    };
    // How much the client has sent before this step.
    let data_ends = if is_reset { last } else { ENDING };
    let exchanges = (step.min(data_ends).saturating_sub(2)) / 2;
    let sent = 100 * u32::try_from(exchanges).unwrap_or(0);
    let isn = 1_000_u32.wrapping_add(u32::try_from(number).unwrap_or(0).wrapping_mul(7_919));
    let begun = u32::from(step > 0);
    let (own_fin, other_fin) = match (is_reset, step) {
        (false, step) if step == last => (1, 1),
        (false, step) if step > ENDING => (1, 0),
        _ => (0, 0),
    };
    let client_next = isn.wrapping_add(begun + sent + own_fin);
    let server_next = isn.wrapping_add(u32::from(step > 1) + other_fin);
    let (seq, ack) = if by_client {
        (client_next, if flags & ACK == 0 { 0 } else { server_next })
    } else {
        (server_next, client_next)
    };
    let port = 10_000 + number % PORTS;
    let client = (
        [
            10,
            1,
            u8::try_from(number / PORTS).unwrap_or(0),
            u8::try_from(round % 250).unwrap_or(0),
        ],
        u16::try_from(port).unwrap_or(0),
    );
    let server = ([10, 2, 0, 1], 8080);
    let (from, to) = if by_client {
        (client, server)
    } else {
        (server, client)
    };
    let mut frame = Vec::with_capacity(16 + 54 + usize::from(PAYLOAD));
    let length = 54 + u32::from(payload);
    let (seconds, nanos) = (at / 1_000_000_000, at % 1_000_000_000);
    for word in [seconds, nanos, length.into(), length.into()] {
        frame.extend(u32::try_from(word).unwrap_or(0).to_le_bytes());
    }
    frame.extend([0; 12]);
    frame.extend([8, 0, 0x45, 0]);
    frame.extend((40 + payload).to_be_bytes());
    frame.extend((u16::try_from(step).unwrap_or(0) + 1).to_be_bytes());
    frame.extend([0x40, 0, 64, 6, 0, 0]);
    frame.extend(from.0);
    frame.extend(to.0);
    frame.extend(from.1.to_be_bytes());
    frame.extend(to.1.to_be_bytes());
    frame.extend(seq.to_be_bytes());
    frame.extend(ack.to_be_bytes());
    frame.extend([0x50, flags, 2, 0, 0, 0, 0, 0]);
    frame.resize(frame.len() + usize::from(payload), b'x');
    out.write_all(&frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftershake_shared::capture::explainer::{Explainer, Options};

    #[test]
    fn what_is_written_is_what_is_counted() {
        let mut bytes = Vec::new();
        million(0, &mut bytes).unwrap();
        let mut reader = Explainer::new(Options::default());
        reader.feed(&bytes).unwrap();
        let explained = reader.finish().unwrap();
        let summary = &explained.summary;
        assert_eq!(explained.packets as usize, PACKETS);
        assert_eq!(summary.problems, 0);
        assert_eq!(summary.connections, CONNECTIONS as u64);
        assert_eq!(summary.resets, RESETS as u64);
        assert_eq!(summary.outcomes["closed"], (CONNECTIONS - RESETS) as u64);
        let causes: Vec<_> = summary.causes.keys().collect();
        assert_eq!(causes.len(), 1, "{causes:?}");
    }

    #[test]
    fn a_part_has_its_share_of_the_packets() {
        for connections in [1, 12, 251] {
            let mut bytes = Vec::new();
            part(0, connections, &mut bytes).unwrap();
            let mut reader = Explainer::new(Options::default());
            reader.feed(&bytes).unwrap();
            let explained = reader.finish().unwrap();
            assert_eq!(explained.packets as usize, packets(connections));
            assert_eq!(explained.summary.connections, connections as u64);
        }
    }
}
