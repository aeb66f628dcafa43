"""Answers after two seconds."""

import http.server
import time


class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(2)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"here it is\n")


http.server.ThreadingHTTPServer(("127.0.0.1", 8082), Slow).serve_forever()
