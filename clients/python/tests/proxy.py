"""A server on loopback in the place of the egress proxy, and names that resolve to it as in the cluster.

The code under test asks for the real names and the real port; only the resolver's answer leads elsewhere.
"""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DOMAIN = "egress.local"


class Proxy:
    def __init__(self):
        self.upstreams = []
        self.seen = []
        self.asked = []
        self.connections = set()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def respond(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                request = {
                    "method": self.command,
                    "url": self.path,
                    "host": self.headers.get_all("Host"),
                    "cookie": self.headers.get("Cookie"),
                    "authorization": self.headers.get("Authorization"),
                    "text": body,
                }
                proxy.seen.append(request)
                proxy.connections.add(self.client_address)
                status, fields = self.flow()
                text = json.dumps(request).encode()
                self.send_response(status)
                for name, value in fields:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text)

            def flow(self):
                if self.path == "/start":
                    cookie = "id=1; Secure; Domain=stripe.com; Path=/"
                    return 302, [("Location", "https://api.stripe.com/end"), ("Set-Cookie", cookie)]
                if self.path == "/relative":
                    return 307, [("Location", "/end")]
                if self.path == "/away":
                    return 302, [("Location", "https://files.example.com/end")]
                return 200, [("Content-Type", "application/json")]

            do_GET = do_POST = do_PUT = respond

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def getaddrinfo(self, host, port, family=0, type=0, proto=0, flags=0):
        name = host.decode() if isinstance(host, bytes) else host
        if name in ("127.0.0.1", None):
            return self.real(host, port, family, type, proto, flags)
        self.asked.append(f"{name}:{port}")
        if name in [f"{host}.{DOMAIN}" for host in self.upstreams] and int(port) in (80, 0):
            address = ("127.0.0.1", self.port)
            return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    real = staticmethod(socket.getaddrinfo)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
