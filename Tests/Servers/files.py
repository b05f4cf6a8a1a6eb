"""A small web server for the tests of downloads: serves a folder, with ranges, and misbehaves on request.

usage: files.py FOLDER LOG [--cut N] [--cuts K] [--no-ranges] [--slow BYTES_PER_SECOND] [--fail NAME]
Prints its port. LOG gets a line a request: path, range, status.
"""

import argparse
import http.server
import os
import re
import sys
import threading
import time
import urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("log")
parser.add_argument("--cut", type=int, help="break the connection after so many bytes")
parser.add_argument("--cuts", type=int, default=1_000_000, help="so many times")
parser.add_argument("--no-ranges", action="store_true", help="answer a range with the whole file")
parser.add_argument("--slow", type=int, help="bytes a second")
parser.add_argument("--fail", help="answer 404 for paths with this in them")
options = parser.parse_args()
lock = threading.Lock()
cuts = options.cuts


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def note(self, status):
        with lock, open(options.log, "a") as log:
            log.write(f"{self.path} {self.headers.get('Range', '-')} {status}\n")

    def do_GET(self):
        global cuts
        parsed = urllib.parse.urlsplit(self.path)
        # An address with a query is a file of that name with the query's characters replaced.
        name = urllib.parse.unquote(parsed.path).lstrip("/")
        if parsed.query:
            name += "_" + re.sub(r"[^A-Za-z0-9.]", "_", parsed.query)
        path = os.path.join(options.folder, name)
        if not os.path.isfile(path) or (options.fail and options.fail in self.path):
            self.note(404)
            self.send_error(404)
            return
        with open(path, "rb") as file:
            data = file.read()
        start = 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and not options.no_ranges:
            start = int(asked.group(1))
            if start >= len(data):
                self.note(416)
                self.send_error(416)
                return
            self.note(206)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.note(200)
            self.send_response(200)
        body = data[start:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        end = len(body)
        with lock:
            if options.cut is not None and cuts > 0 and end > options.cut:
                end = options.cut
                cuts -= 1
        step = max(1, options.slow // 20) if options.slow else 1 << 16
        for position in range(0, end, step):
            try:
                self.wfile.write(body[position : min(position + step, end)])
            except OSError:
                self.close_connection = True
                return
            if options.slow:
                time.sleep(0.05)
        if end < len(body):
            self.close_connection = True
            self.connection.close()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
# Ends with the test, whatever becomes of it.
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
