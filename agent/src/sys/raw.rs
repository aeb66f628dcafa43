//! Sends one IP packet whose header is written by us, from this thread's network namespace.
//!
//! The kernel fills in the IP checksum and the total length. Source: `raw(7)`, `ipv6(7)`.

use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};

/// Sends it to its destination, from the IP header on.
///
/// # Errors
/// `EPERM` without `CAP_NET_RAW` in the namespace.
pub(crate) fn send(packet: &[u8], to: IpAddr) -> io::Result<()> {
    let to = SocketAddr::new(to, 0);
    let protocol = Some(Protocol::from(libc::IPPROTO_RAW));
    let socket = Socket::new(Domain::for_address(to), Type::RAW, protocol)?;
    let sent = socket.send_to(packet, &to.into())?;
    if sent == packet.len() {
        Ok(())
    } else {
        Err(io::Error::from(io::ErrorKind::WriteZero))
    }
}
