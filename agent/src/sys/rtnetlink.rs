//! Addresses of the loopback interface, and whether it is up, in this thread's network namespace.
//!
//! Source: `rtnetlink(7)`.

use std::io;
use std::net::IpAddr;

use super::netlink::{Messages, NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCLUSIVE, Netlink};

/// The loopback interface is the first of every namespace.
const LOOPBACK: u32 = 1;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;

/// Gives the loopback interface this address, 127.0.0.1 with its whole network.
///
/// # Errors
/// `EEXIST` when it has it, `EPERM` without the right.
pub(crate) fn add_address(address: IpAddr) -> io::Result<()> {
    let create = NLM_F_CREATE | NLM_F_EXCLUSIVE;
    carry_out(&address_message(libc::RTM_NEWADDR, create, address))
}

/// Takes this address from the loopback interface.
///
/// # Errors
/// `EADDRNOTAVAIL` when it does not have it, `EPERM` without the right.
pub(crate) fn remove_address(address: IpAddr) -> io::Result<()> {
    carry_out(&address_message(libc::RTM_DELADDR, 0, address))
}

/// Switches the loopback interface on or off.
///
/// # Errors
/// `EPERM` without the right.
pub(crate) fn set_link(up: bool) -> io::Result<()> {
    let flag = u32::try_from(libc::IFF_UP).unwrap_or(1);
    let flags = if up { flag } else { 0 };
    // `struct ifinfomsg`: family, padding, type; index; flags; which flags to change.
    let words = [0, LOOPBACK, flags, flag];
    let header: Vec<u8> = words.into_iter().flat_map(u32::to_ne_bytes).collect();
    let mut message = Messages::default();
    message.begin(libc::RTM_NEWLINK, NLM_F_ACK, &header);
    carry_out(&message)
}

fn address_message(kind: u16, flags: u16, address: IpAddr) -> Messages {
    let (family, prefix, bytes) = match address {
        // As the kernel does when the interface comes up (`inetdev_event`).
        IpAddr::V4(ip) if ip == std::net::Ipv4Addr::LOCALHOST => {
            (libc::AF_INET, 8, ip.octets().to_vec())
        }
        IpAddr::V4(ip) => (libc::AF_INET, 32, ip.octets().to_vec()),
        IpAddr::V6(ip) => (libc::AF_INET6, 128, ip.octets().to_vec()),
    };
    let scope_host = 254;
    let mut header = vec![u8::try_from(family).unwrap_or(0), prefix, 0, scope_host];
    header.extend(LOOPBACK.to_ne_bytes());
    let mut message = Messages::default();
    message.begin(kind, flags | NLM_F_ACK, &header);
    message.attribute(IFA_LOCAL, &bytes);
    message.attribute(IFA_ADDRESS, &bytes);
    message
}

fn carry_out(message: &Messages) -> io::Result<()> {
    Netlink::open(libc::NETLINK_ROUTE)?.carry_out(message)
}
