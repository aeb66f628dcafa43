//! Lingering close: say that nothing more will be sent, read what still comes, then close.

use super::Remedy;

/// Source: RFC 9112 §9.6, the same advice for HTTP servers; RFC 1122 §4.2.2.13.
pub(super) static REMEDY: Remedy = Remedy {
    title: "drain before closing",
    what: "In the program that closes: stop sending, read until the other end has finished, with a limit, then close. \
           A program that only writes should read until the end before it writes again.",
    code: &[
        "conn.shutdown(socket.SHUT_WR)
conn.settimeout(2)
try:
    while conn.recv(65536):
        pass
except OSError:
    pass  # patience has a limit
conn.close()",
        "stream.shutdown(std::net::Shutdown::Write)?;
stream.set_read_timeout(Some(std::time::Duration::from_secs(2)))?;
let mut rest = [0; 65536];
while matches!(stream.read(&mut rest), Ok(1..)) {}
drop(stream);",
        "conn.CloseWrite() // conn is a *net.TCPConn
conn.SetReadDeadline(time.Now().Add(2 * time.Second))
io.Copy(io.Discard, conn)
conn.Close()",
        "socket.shutdownOutput();
socket.setSoTimeout(2000);
try {
    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
} catch (SocketTimeoutException patienceHasALimit) {
}
socket.close();",
        "socket.end();
socket.resume(); // reads and throws away what still comes
socket.setTimeout(2000, () => socket.destroy());",
        "char rest[65536];
struct timeval limit = {.tv_sec = 2};
shutdown(fd, SHUT_WR);
setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
while (recv(fd, rest, sizeof rest, 0) > 0)
    ;
close(fd);",
    ],
    commands: "",
};
