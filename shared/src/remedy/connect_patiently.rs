//! Give the handshake time, and let the kernel choose the port.

use super::Remedy;

/// Sources: RFC 9293 §3.5; RFC 6298 §2.1 (the first retransmission comes after a second); ip(7).
pub(super) static REMEDY: Remedy = Remedy {
    title: "connect patiently, from a port of the kernel's choice",
    what: "In the client: allow more than a second, so that one lost segment does not end the attempt, and do not bind \
           a fixed source port, so that no old connection answers for the new one.",
    code: &[
        "conn = socket.create_connection((\"127.0.0.1\", 8080), timeout=5)  # no source_address",
        "let limit = std::time::Duration::from_secs(5);
let stream = TcpStream::connect_timeout(&address, limit)?;",
        "conn, err := net.DialTimeout(\"tcp\", \"127.0.0.1:8080\", 5*time.Second) // no LocalAddr",
        "Socket socket = new Socket(); // no bind
socket.connect(new InetSocketAddress(\"127.0.0.1\", 8080), 5000);",
        "const socket = net.connect({ host: '127.0.0.1', port: 8080 }); // no localPort
socket.setTimeout(5_000, () => socket.destroy());",
        "struct timeval limit = {.tv_sec = 5};
setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit); /* holds for connect, too */
connect(fd, address, length); /* no bind before */",
    ],
    commands: "",
};
