"""Says what a tracking server says, as long as it wants to.

usage: tracking_stub.py LOG [--refuse STATUS] [--hang] [--requests N]
Prints its port. LOG gets a line a request: method, path, authorization. After N requests it is gone.
"""

import argparse
import http.server
import json
import os
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("log")
parser.add_argument("--refuse", type=int, help="answer everything with this status")
parser.add_argument("--hang", action="store_true", help="never answer")
parser.add_argument("--requests", type=int, help="answer so many, then end")
options = parser.parse_args()
lock = threading.Lock()
count = 0


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def answer(self):
        global count
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock:
            count += 1
            if options.requests is not None and count > options.requests:
                os._exit(0)
            with open(options.log, "a") as log:
                log.write(f"{self.command} {self.path} {self.headers.get('Authorization', '-')}\n")
        if options.hang:
            time.sleep(3600)
        status, body = 200, {}
        if options.refuse:
            status, body = options.refuse, {"error_code": "PERMISSION_DENIED", "message": "not you"}
        elif "experiments/get-by-name" in self.path:
            status, body = 404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}
        elif "experiments/create" in self.path:
            body = {"experiment_id": "1"}
        elif "runs/create" in self.path or "runs/get" in self.path:
            body = {"run": {"info": {"run_id": f"r{count}", "artifact_uri": "mlflow-artifacts:/1/r/artifacts"}, "data": {}}}
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = answer


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)
