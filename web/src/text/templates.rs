//! Stories to begin with.

/// A name and a text each.
pub const TEMPLATES: [(&str, &str); 3] = [
    (
        "New: two programs",
        "title = \"Two programs\"\nstory = \"A server accepts. A client connects and closes.\"\n\n[[steps]]\nby = \"server\"\ndo = \"listen\"\n\n[[steps]]\nby = \"server\"\ndo = \"accept\"\n\n[[steps]]\nby = \"client\"\ndo = \"connect\"\n\n[[steps]]\nby = \"client\"\ndo = \"close\"\n",
    ),
    (
        "New: request and answer",
        "title = \"Request and answer\"\nstory = \"A client asks. A server reads, answers and closes.\"\n\n[[steps]]\nby = \"server\"\ndo = \"listen\"\n\n[[steps]]\nby = \"server\"\ndo = \"accept\"\n\n[[steps]]\nby = \"client\"\ndo = \"connect\"\n\n[[steps]]\nby = \"client\"\ndo.send = { text = \"GET / HTTP/1.0\\r\\n\\r\\n\" }\n\n[[steps]]\nby = \"server\"\nname = \"request\"\ndo.receive = { until = \"\\r\\n\\r\\n\" }\n\n[[steps]]\nby = \"server\"\ndo.send = { text = \"HTTP/1.0 204 No Content\\r\\n\\r\\n\" }\n\n[[steps]]\nby = \"server\"\ndo = \"close\"\n\n[[steps]]\nby = \"client\"\nname = \"answer\"\ndo.receive = { until_end = true }\n\n[[steps]]\nby = \"client\"\nname = \"done\"\ndo = \"close\"\n",
    ),
    (
        "New: a proxy between",
        "title = \"A proxy between\"\nstory = \"A proxy accepts, connects to a server and passes a request on.\"\n\n[[steps]]\nby = \"server\"\ndo.listen = { port = 9000 }\n\n[[steps]]\nby = \"proxy\"\ndo = \"listen\"\n\n[[steps]]\nby = \"client\"\nname = \"front\"\ndo = \"connect\"\n\n[[steps]]\nby = \"proxy\"\ndo = \"accept\"\n\n[[steps]]\nby = \"proxy\"\nname = \"back\"\ndo.connect = { port = 9000 }\n\n[[steps]]\nby = \"server\"\ndo = \"accept\"\n\n[[steps]]\nby = \"client\"\ndo.send = { text = \"hello\" }\n\n[[steps]]\nby = \"proxy\"\non = \"front\"\ndo.receive = { at_most = 1024 }\n\n[[steps]]\nby = \"proxy\"\non = \"back\"\ndo.send = { text = \"hello\" }\n\n[[steps]]\nby = \"server\"\ndo = \"close\"\n",
    ),
];
