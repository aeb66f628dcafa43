//! Close without aborting.

use super::Remedy;

/// Source: RFC 9293 §3.10.4 (CLOSE) in place of §3.10.5 (ABORT); socket(7), `SO_REUSEADDR`.
pub(super) static REMEDY: Remedy = Remedy {
    title: "close in order",
    what: "Take out what makes the close an abort: SO_LINGER with time 0, TCP_LINGER2 -1, connect(AF_UNSPEC). Where the \
           aim was to bind again at once, SO_REUSEADDR on the listener does that without a reset.",
    code: &[
        "listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # before bind
conn.close()  # without SO_LINGER",
        "listener.set_reuse_address(true)?; // socket2, before bind; std's TcpListener does it by itself
drop(stream); // without set_linger(Some(Duration::ZERO))",
        "conn.Close() // without conn.SetLinger(0); net.Listen sets SO_REUSEADDR by itself",
        "listener.setReuseAddress(true); // before bind
socket.close(); // without setSoLinger(true, 0)",
        "socket.end(); // in place of socket.resetAndDestroy()",
        "int on = 1;
setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* before bind */
close(fd); /* without SO_LINGER {1, 0} */",
    ],
    commands: "",
};
