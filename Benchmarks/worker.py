"""Processes that answer requests: timbre-bench and the peers."""
import json
import os
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


class Unavailable(Exception):
    """A peer that cannot be asked: it is not installed, or it died."""


class Worker:
    """One process, kept alive between requests. A request is a line of words, an answer a line of JSON."""

    def __init__(self, command, cores):
        self.command = command
        # Only Linux can keep a process on given cores.
        pin = (lambda: os.sched_setaffinity(0, cores)) if hasattr(os, "sched_setaffinity") else None
        # A file, not a pipe: a library that says much would fill a pipe that nobody reads, and wait.
        self.said = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said, text=True, preexec_fn=pin, cwd=HERE)
        self.name = self.ask("hello")["name"]

    def ask(self, *words):
        try:
            self.process.stdin.write("\t".join(str(word) for word in words) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.process.wait()
            self.said.seek(0)
            said = self.said.read().strip().splitlines()
            raise Unavailable(said[-1] if said else f"{self.command} ended")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{self.command[-1]}: {' '.join(map(str, words))}: {answer['error']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
        self.said.close()
