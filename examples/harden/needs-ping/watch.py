"""Says which of our machines answer a ping."""
import json
import os
import re
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

machines = os.environ.get("MACHINES", "127.0.0.1").split(",")


def ping(machine: str):
    answer = subprocess.run(["ping", "-c", "1", "-W", "1", machine], capture_output=True, text=True)
    time = re.search(r"time=([0-9.]+) ms", answer.stdout)
    return {"machine": machine, "answers": time is not None, "problem": answer.stderr.strip() or None}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        answers = [ping(machine) for machine in machines]
        fine = all(answer["answers"] for answer in answers)
        body = json.dumps({"status": "ok" if fine else "down", "service": "watch", "machines": answers}).encode()
        self.send_response(200 if fine else 503)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 9100), Handler).serve_forever()
