//! Neither program did it: find who did.

use super::Remedy;

/// Sources: nft(8), RFC 3360, RFC 5961 §3.2.
pub(super) static REMEDY: Remedy = Remedy {
    title: "look outside the two programs",
    what: "No line of the two programs helps: a rule, a middlebox, a scanner or a stray segment is at work. Find it with \
           the commands, and let clients connect again.",
    code: &[],
    commands: "nft list ruleset; iptables-save   # rules with `reject with tcp-reset`
nstat -az TcpOutRsts TcpExtTCPChallengeACK
tcpdump -ni any 'tcp[tcpflags] & tcp-rst != 0' -v   # ttl, id and window tell who wrote it",
};
