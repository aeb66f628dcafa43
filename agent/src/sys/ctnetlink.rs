//! The kernel's table of tracked connections, emptied. Source: `net/netfilter/nf_conntrack_netlink.c`.

use std::io;

use super::netlink::{Messages, NLM_F_ACK, Netlink};
use super::nf_tables::header;

/// `NFNL_SUBSYS_CTNETLINK`, `IPCTNL_MSG_CT_DELETE`.
const DELETE: u16 = 1 << 8 | 2;

/// Forgets every tracked connection of this thread's network namespace, as `conntrack -F` does.
///
/// # Errors
/// `EINVAL` where the kernel has no such interface, `EPERM` without the right.
pub(crate) fn forget_all() -> io::Result<()> {
    let mut message = Messages::default();
    // Without a tuple every entry is meant.
    message.begin(DELETE, NLM_F_ACK, &header(0, 0));
    Netlink::open(libc::NETLINK_NETFILTER)?.carry_out(&message)
}
