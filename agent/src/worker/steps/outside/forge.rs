//! Performs `forge`: a segment by a raw socket, its numbers fitted to the live connection.

use std::net::{Ipv4Addr, SocketAddr};

use aftershake_shared::event::outside_acted::OutsideAct;
use aftershake_shared::scenario::steps::forge::{Forge, Timestamps};
use aftershake_shared::tcp::seq_num::SeqNum;

use super::flows::{Flow, Flows};
use super::packet::{Header, write};
use super::{Done, NotHere};
use crate::sys::raw;
use crate::worker::common::Common;

/// Ticks, of 1 ms on Linux, that lie clearly before or after the live time.
const FAR: u32 = 100_000;

/// Puts it on the wire; `None` when the connection never came to be.
pub(super) fn forge(
    common: &Common,
    process: Option<&str>,
    on: Option<&str>,
    forge: &Forge,
    flows: Option<&Flows>,
) -> Option<Done> {
    let (from, to) = match process {
        Some(process) => {
            let mut known = common.known();
            let (local, remote) = known.end_of(process, on)?;
            let remote = remote?;
            known.touched.push((local, remote));
            (local, remote)
        }
        None => (
            SocketAddr::from((Ipv4Addr::LOCALHOST, forge.from_port?)),
            SocketAddr::from((Ipv4Addr::LOCALHOST, forge.to_port?)),
        ),
    };
    let flow = |from, to| flows.filter(|_| forge.from.is_some())?.between(from, to);
    let header = header(forge, (from, to), flow(from, to), flow(to, from));
    let act = OutsideAct::ForgeSegment {
        from,
        to,
        flags: header.flags,
        seq: SeqNum(header.seq),
        ack: SeqNum(header.ack),
        len: header.payload,
        wrong_checksum: header.wrong_checksum,
    };
    let answer = raw::send(&write(&header), to.ip());
    Some(
        Done::told(act, answer).missing(&[libc::EPERM, libc::EACCES], || NotHere {
            what: "raw sockets are forbidden here".to_owned(),
            remedy: "allow CAP_NET_RAW inside user namespaces",
        }),
    )
}

/// The numbers, from what this end and the other have sent.
fn header(
    forge: &Forge,
    (from, to): (SocketAddr, SocketAddr),
    own: Option<Flow>,
    other: Option<Flow>,
) -> Header {
    let next = |flow: Option<Flow>| flow.map_or(0, |flow| flow.next.0);
    let flags = forge.flags.0;
    let time = |flow: Option<Flow>| flow.and_then(|flow| flow.time).unwrap_or(0);
    let timestamps = match forge.timestamps {
        Timestamps::None => None,
        Timestamps::Live => Some((time(own), time(other))),
        Timestamps::Old => Some((time(own).wrapping_sub(FAR), time(other))),
        Timestamps::BadEcho => Some((time(own).max(1), time(other).wrapping_add(FAR))),
    };
    Header {
        seq: forge.seq.from_exact(next(own)),
        ack: if flags.ack() {
            forge.ack.from_exact(next(other))
        } else {
            0
        },
        flags,
        ttl: forge.ttl.unwrap_or(64),
        payload: forge.count,
        timestamps,
        join_token: forge.join_token,
        wrong_checksum: forge.wrong_checksum,
        ..Header::between(from, to)
    }
}
