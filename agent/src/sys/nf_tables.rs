//! Rules of the packet filter `nf_tables`, in this thread's network namespace, without the program `nft`.
//!
//! Each rule has a table of its own, so that removing the table removes exactly the rule.
//! Source: `include/uapi/linux/netfilter/nf_tables.h`, `net/netfilter/nf_tables_api.c`.

use std::io;

use super::netlink::{Messages, NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCLUSIVE, Netlink};

const SUBSYSTEM: u16 = 10;
const BATCH_BEGIN: u16 = 0x10;
const BATCH_END: u16 = 0x11;
const NEW_TABLE: u16 = SUBSYSTEM << 8;
const DELETE_TABLE: u16 = SUBSYSTEM << 8 | 2;
const NEW_CHAIN: u16 = SUBSYSTEM << 8 | 3;
const NEW_RULE: u16 = SUBSYSTEM << 8 | 6;
/// `NFPROTO_INET`: IPv4 and IPv6 alike.
const FAMILY_INET: u8 = 1;
const CHAIN: &str = "rule";
/// `NFT_REG_1`; the verdict's register is 0.
const REGISTER: u32 = 1;
const TRANSPORT_HEADER: u32 = 2;

/// Where a rule stands. Source: `enum nf_inet_hooks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hook {
    Input = 1,
    Output = 3,
}

/// One condition on a TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    SourcePort(u16),
    DestinationPort(u16),
    /// The flags under this mask are exactly these.
    Flags {
        mask: u8,
        value: u8,
    },
    /// It is the one of this number among those that came so far, from 0.
    Nth(u32),
}

/// What is done with a segment for which every condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Drop,
    RejectWithTcpReset,
    /// With "port unreachable".
    RejectWithIcmp,
    /// To this port; tracks connections from now on.
    Redirect(u16),
}

/// A rule: TCP, and every condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) hook: Hook,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) action: Action,
}

/// Puts a rule into force under a table of that name.
///
/// # Errors
/// `EPROTONOSUPPORT` or `ENOENT` where the kernel lacks `nf_tables` or what this rule needs of it, `EPERM` without the right.
pub(crate) fn add(table: &str, rule: &Rule) -> io::Result<()> {
    let mut batch = begin();
    batch.begin(
        NEW_TABLE,
        NLM_F_CREATE | NLM_F_EXCLUSIVE | NLM_F_ACK,
        &header(FAMILY_INET, 0),
    );
    batch.text(1, table);
    batch.begin(NEW_CHAIN, NLM_F_CREATE | NLM_F_ACK, &header(FAMILY_INET, 0));
    batch.text(1, table);
    batch.text(3, CHAIN);
    let (kind, priority) = match rule.action {
        // `NF_IP_PRI_NAT_DST`
        Action::Redirect(_) => ("nat", -100_i32),
        Action::Drop | Action::RejectWithTcpReset | Action::RejectWithIcmp => ("filter", 0),
    };
    batch.nest(4, |hook| {
        hook.number(1, rule.hook as u32);
        hook.attribute(2, &priority.to_be_bytes());
    });
    batch.text(7, kind);
    batch.begin(NEW_RULE, NLM_F_CREATE | NLM_F_ACK, &header(FAMILY_INET, 0));
    batch.text(1, table);
    batch.text(2, CHAIN);
    batch.nest(4, |list| expressions(list, rule));
    carry_out(batch)
}

/// Removes the rule under that table.
///
/// # Errors
/// `ENOENT` when there is none.
pub(crate) fn remove(table: &str) -> io::Result<()> {
    let mut batch = begin();
    batch.begin(DELETE_TABLE, NLM_F_ACK, &header(FAMILY_INET, 0));
    batch.text(1, table);
    carry_out(batch)
}

fn begin() -> Messages {
    let mut batch = Messages::default();
    batch.begin(BATCH_BEGIN, 0, &header(0, SUBSYSTEM));
    batch
}

fn carry_out(mut batch: Messages) -> io::Result<()> {
    batch.begin(BATCH_END, 0, &header(0, SUBSYSTEM));
    Netlink::open(libc::NETLINK_NETFILTER)?.carry_out(&batch)
}

/// `struct nfgenmsg`: family, version, resource.
pub(super) fn header(family: u8, resource: u16) -> [u8; 4] {
    let [high, low] = resource.to_be_bytes();
    [family, 0, high, low]
}

fn expressions(list: &mut Messages, rule: &Rule) {
    // `meta l4proto tcp`
    expression(list, "meta", |meta| {
        meta.number(1, REGISTER);
        meta.number(2, 16);
    });
    equals(list, &[6]);
    for condition in &rule.conditions {
        match *condition {
            Condition::SourcePort(port) => {
                load(list, 0, 2);
                equals(list, &port.to_be_bytes());
            }
            Condition::DestinationPort(port) => {
                load(list, 2, 2);
                equals(list, &port.to_be_bytes());
            }
            Condition::Flags { mask, value } => {
                load(list, 13, 1);
                expression(list, "bitwise", |bitwise| {
                    bitwise.number(1, REGISTER);
                    bitwise.number(2, REGISTER);
                    bitwise.number(3, 1);
                    bitwise.nest(4, |data| data.attribute(1, &[mask]));
                    bitwise.nest(5, |data| data.attribute(1, &[0]));
                });
                equals(list, &[value]);
            }
            Condition::Nth(number) => {
                // Counts from 0 in the machine's byte order.
                expression(list, "numgen", |numgen| {
                    numgen.number(1, REGISTER);
                    numgen.number(2, u32::MAX);
                    numgen.number(3, 0);
                    numgen.number(4, 0);
                });
                equals(list, &number.to_ne_bytes());
            }
        }
    }
    act(list, rule.action);
}

fn act(list: &mut Messages, action: Action) {
    match action {
        Action::Drop => immediate(list, 0, |data| {
            data.nest(2, |verdict| verdict.number(1, 0));
        }),
        Action::RejectWithTcpReset => expression(list, "reject", |reject| reject.number(1, 1)),
        Action::RejectWithIcmp => expression(list, "reject", |reject| {
            // `NFT_REJECT_ICMPX_UNREACH`, `NFT_REJECT_ICMPX_PORT_UNREACH`
            reject.number(1, 2);
            reject.attribute(2, &[1]);
        }),
        Action::Redirect(port) => {
            immediate(list, REGISTER, |data| {
                data.attribute(1, &port.to_be_bytes());
            });
            expression(list, "redir", |redirect| redirect.number(1, REGISTER));
        }
    }
}

fn expression(list: &mut Messages, name: &str, fill: impl FnOnce(&mut Messages)) {
    list.nest(1, |element| {
        element.text(1, name);
        element.nest(2, fill);
    });
}

/// Loads bytes of the TCP header.
fn load(list: &mut Messages, offset: u32, length: u32) {
    expression(list, "payload", |payload| {
        payload.number(1, REGISTER);
        payload.number(2, TRANSPORT_HEADER);
        payload.number(3, offset);
        payload.number(4, length);
    });
}

/// The rule goes on only when the register holds these bytes.
fn equals(list: &mut Messages, bytes: &[u8]) {
    expression(list, "cmp", |cmp| {
        cmp.number(1, REGISTER);
        cmp.number(2, 0);
        cmp.nest(3, |data| data.attribute(1, bytes));
    });
}

fn immediate(list: &mut Messages, register: u32, fill: impl FnOnce(&mut Messages)) {
    expression(list, "immediate", |immediate| {
        immediate.number(1, register);
        immediate.nest(2, fill);
    });
}
