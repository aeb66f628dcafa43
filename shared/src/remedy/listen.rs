//! Listen where the client knocks, and be there first.

use super::Remedy;

/// Sources: RFC 9293 §3.10.7.1; RFC 6724 (why `localhost` is `::1` first); ipv6(7), `IPV6_V6ONLY`.
pub(super) static REMEDY: Remedy = Remedy {
    title: "listen where the client knocks",
    what: "In the server: bind the address that the client uses; `localhost` is ::1 first and 127.0.0.1 second. In the \
           client: a server that has just been started may not listen yet, so try again for a moment.",
    code: &[
        "for attempt in range(20):
    try:
        conn = socket.create_connection((\"127.0.0.1\", 8080))
        break
    except ConnectionRefusedError:
        time.sleep(0.1)",
        "let mut tries = 0;
let stream = loop {
    match TcpStream::connect(\"127.0.0.1:8080\") {
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused && tries < 20 => {
            tries += 1;
            sleep(std::time::Duration::from_millis(100));
        }
        other => break other?,
    }
};",
        "for tries := 0; tries < 20; tries++ {
    if conn, err = net.Dial(\"tcp\", \"127.0.0.1:8080\"); err == nil {
        break
    }
    time.Sleep(100 * time.Millisecond)
}",
        "for (int tries = 0; ; tries++) {
    try {
        socket = new Socket(\"127.0.0.1\", 8080);
        break;
    } catch (ConnectException refused) {
        if (tries == 20) throw refused;
        Thread.sleep(100);
    }
}",
        "function attempt(left) {
  const again = () => left > 0 && setTimeout(attempt, 100, left - 1);
  const socket = net.connect(8080, '127.0.0.1', () => serve(socket.off('error', again)));
  socket.once('error', again);
}
attempt(20);",
        "for (int tries = 0; tries < 20; tries++) {
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, address, length) == 0)
        break;
    close(fd); /* a socket that was refused is not used again */
    usleep(100000);
}",
    ],
    commands: "ss -ltnp   # who listens, at which address",
};
