"""Greets, and closes a connection that was idle for a second."""

import http.server


class Greeter(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 1

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"hello\n")


http.server.ThreadingHTTPServer(("127.0.0.1", 8081), Greeter).serve_forever()
