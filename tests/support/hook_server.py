"""A receiver of web hooks for tests.

    hook_server.py FOLDER

Listens on a free port of 127.0.0.1 and prints one JSON line: {"port": …}. What it does with a POST is said by the
path: /ok takes it, /busy answers the first with 503 and takes the others, /never answers after 40 s, /drop closes
without an answer, /away redirects, /no answers 400. Every POST is a line of FOLDER/posts.jsonl: path, headers, body.
Ends when stdin ends.
"""

import http.server
import json
import pathlib
import sys
import threading
import time


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    posts = folder / "posts.jsonl"
    lock, seen = threading.Lock(), {}

    class Receiver(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            with lock:
                seen[self.path] = seen.get(self.path, 0) + 1
                first = seen[self.path] == 1
                with posts.open("a") as file:
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    print(json.dumps({"path": self.path, "headers": headers, "body": body}), file=file)
            if self.path == "/never":
                time.sleep(40)
            if self.path == "/drop":
                self.close_connection = True
                return
            status = {"/busy": 503 if first else 200, "/away": 302, "/no": 400}.get(self.path, 200)
            self.send_response(status)
            if status == 302:
                self.send_header("location", "/ok")
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok" if status == 200 else b"no")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    sys.stdin.read()


main()
