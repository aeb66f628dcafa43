//! Notice in time that the other end has forgotten the connection, and connect again.

use super::Remedy;

/// Sources: RFC 1122 §4.2.3.6 (keepalive); RFC 5382 REQ-5 (NAT timeouts); tcp(7).
pub(super) static REMEDY: Remedy = Remedy {
    title: "keep it alive, and connect again",
    what: "Send something, or let the kernel probe, more often than the shortest timeout on the way, and treat the first \
           error on an idle connection as a reason to connect again. Whoever keeps idle connections should drop them \
           earlier than the other end does.",
    code: &[
        "conn.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30)
conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)",
        "let often = socket2::TcpKeepalive::new()
    .with_time(std::time::Duration::from_secs(30))
    .with_interval(std::time::Duration::from_secs(10));
socket2::SockRef::from(&stream).set_tcp_keepalive(&often)?;",
        "conn.SetKeepAlive(true) // conn is a *net.TCPConn
conn.SetKeepAlivePeriod(30 * time.Second)",
        "socket.setKeepAlive(true);
socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 30);
socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 10);",
        "socket.setKeepAlive(true, 30_000);
// For HTTP: new http.Agent({ keepAlive: true, timeout: 4_000 }), less than the server's 5 s.",
        "int on = 1, idle = 30, every = 10;
setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof every);",
    ],
    commands: "sysctl net.ipv4.tcp_fin_timeout net.ipv4.tcp_max_tw_buckets net.ipv4.tcp_max_orphans
conntrack -L -p tcp   # how long a translation still lives",
};
