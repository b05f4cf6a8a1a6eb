"""Many clients predicting at once: answers, times, and the server's memory.

python Benchmarks/load.py --timbre .build/release/timbre --model RUN AUDIO…  [--clients 64] [--seconds 60]

Starts `timbre serve` itself. Exit status 1 where an answer was neither 200 nor 503, or the memory grew by more than a tenth
between the second and the last quarter.
"""

import argparse
import http.client
import os
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time


def form(path):
    """A file as multipart/form-data."""
    head = f'--x\r\nContent-Disposition: form-data; name="audio"; filename="{path.name}"\r\n\r\n'
    return head.encode() + path.read_bytes() + b"\r\n--x--\r\n"


def family(pid):
    """A process and its children."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def resident(pid):
    """Bytes in memory of the server and its workers."""
    total = 0
    for one in family(pid):
        try:
            total += int(pathlib.Path(f"/proc/{one}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


def client(address, bodies, until, results, number):
    """Asks again and again on one connection; comes again later where it is asked to."""
    line = http.client.HTTPConnection(address, timeout=60)
    turn = number
    while time.monotonic() < until:
        begin = time.monotonic()
        try:
            line.request("POST", "/api/v1/predict", bodies[turn % len(bodies)], {"Content-Type": "multipart/form-data; boundary=x"})
            answer = line.getresponse()
            answer.read()
            results.append((answer.status, time.monotonic() - begin))
            if answer.status == 503:
                time.sleep(0.1)
        except OSError as error:
            results.append((str(error) or type(error).__name__, time.monotonic() - begin))
            line.close()
        turn += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--timbre", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--queue", type=int, default=128)
    parser.add_argument("audio", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    bodies = [form(path) for path in options.audio]
    with tempfile.TemporaryDirectory() as workspace:
        server = subprocess.Popen(
            [options.timbre, "serve", "--port", "0", "--workspace", workspace, "--model", options.model, "--queue",
             str(options.queue)], stdout=subprocess.PIPE, text=True)
        address = server.stdout.readline().split("//")[1].strip().rstrip("/")
        results, memory = [], []
        until = time.monotonic() + options.seconds
        clients = [threading.Thread(target=client, args=(address, bodies, until, results, n)) for n in range(options.clients)]
        for one in clients:
            one.start()
        while time.monotonic() < until:
            memory.append(resident(server.pid))
            time.sleep(options.seconds / 40)
        for one in clients:
            one.join()
        server.terminate()
        server.wait()
    good = sorted(seconds for status, seconds in results if status == 200)
    busy = sum(status == 503 for status, _ in results)
    wrong = [status for status, _ in results if status not in (200, 503)]
    quarter = len(memory) // 4
    before, after = statistics.median(memory[quarter:2 * quarter]), statistics.median(memory[-quarter:])
    print(f"{options.clients} clients, {options.seconds:g} s: {len(good)} answers ({len(good) / options.seconds:.0f} a second), "
          f"{busy} asked to come again, {len(wrong)} errors {sorted(set(map(str, wrong)))}")
    if good:
        print(f"milliseconds: median {1000 * good[len(good) // 2]:.0f}, p99 {1000 * good[int(0.99 * (len(good) - 1))]:.0f}, "
              f"most {1000 * good[-1]:.0f}")
    print(f"memory of server and workers: {before / 2**20:.0f} MiB, at the end {after / 2**20:.0f} MiB")
    raise SystemExit(1 if wrong or not good or after > 1.1 * before else 0)


if __name__ == "__main__":
    main()
