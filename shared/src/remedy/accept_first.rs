//! Let nobody wait in a queue that goes away.

use super::Remedy;

/// Sources: listen(2); `inet_csk_listen_stop`; ip-sysctl: `tcp_migrate_req`, `tcp_abort_on_overflow`.
pub(super) static REMEDY: Remedy = Remedy {
    title: "empty the queue before it goes",
    what: "In the server: before the listener is closed accept whoever is in its queue, or hand the listener to the \
           next process. In clients: connect again once after such a reset.",
    code: &[
        "listener.setblocking(False)
while True:
    try:
        conn, _ = listener.accept()
    except BlockingIOError:
        break
    serve(conn)
listener.close()",
        "listener.set_nonblocking(true)?;
while let Ok((stream, _)) = listener.accept() {
    serve(stream);
}
drop(listener);",
        "listener.SetDeadline(time.Now().Add(10 * time.Millisecond)) // listener is a *net.TCPListener
for {
    conn, err := listener.Accept()
    if err != nil {
        break
    }
    go serve(conn)
}
listener.Close()",
        "listener.configureBlocking(false); // a ServerSocketChannel
for (SocketChannel conn; (conn = listener.accept()) != null; ) {
    serve(conn);
}
listener.close();",
        "// Node.js accepts as fast as its loop turns: let it turn once more before the listener goes.
setImmediate(() => server.close());",
        "int fd;
fcntl(listener, F_SETFL, O_NONBLOCK);
while ((fd = accept(listener, NULL, NULL)) >= 0)
    serve(fd);
close(listener);",
    ],
    commands: "sysctl net.ipv4.tcp_migrate_req=1        # members of a SO_REUSEPORT group take over a queue
sysctl net.ipv4.tcp_abort_on_overflow=0  # a full queue waits in place of resetting
ss -ltn                                  # Recv-Q: who waits; Send-Q: how many may",
};
