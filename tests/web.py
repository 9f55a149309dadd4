"""Web servers of the test's own, with TLS, on port 443 of loopback addresses."""

import http.server
import threading


class Web:
    """One web server: `pages` by path are (status, media type, bytes). Up until the `with` ends."""

    def __init__(self, address, context, pages):
        self.pages = pages
        #: (method, path, body, header) of each question; names of fields in lower case.
        self.asked = []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(b"")

            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers["Content-Length"])))

            def answer(self, body):
                web.asked.append((self.command, self.path, body, {name.lower(): value for name, value in self.headers.items()}))
                status, media_type, page = web.pages.get(self.path, (404, "text/plain", b"no such page"))
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, 443), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
