"""Workers, rows and rounds: how one side is timed beside the other."""
import os
import statistics
import sys
import time

from clip import repeat_clip, write_clip
from worker import Unavailable, Worker

TOLERANCE = 1e-4  # of the largest value: what Timbre promises for every function of librosa

# The module of a peer, and whether its work takes one core or all of them.
PEERS = {
    "librosa": ("peers.librosa", 1),
    "librosa's functions": ("peers.librosa_plugins", 1),
    "librosa, a process per core": ("peers.librosa_pool", None),
    "audioFlux": ("peers.audioflux", 1),
    "openSMILE": ("peers.opensmile", 1),
    "PyTorch": ("peers.pytorch", None),
    "Keras": ("peers.keras", None),
    "onnxruntime": ("peers.onnxruntime", None),
}


def cores():
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count()))


def absent(reason):
    """What a peer that does not start said, in short."""
    kind, _, said = str(reason).partition(": ")
    return f"is not installed ({said})" if kind == "ModuleNotFoundError" else f"does not start: {reason}"


class Disagreement(Exception):
    """The two sides do not compute the same thing, so that timing them would compare nothing."""


def require_equal(ours, theirs, tolerance=TOLERANCE, groups=None):
    """Every group of numbers within the tolerance of its largest; the largest deviation seen."""
    if len(ours) != len(theirs):
        raise Disagreement(f"{len(ours)} numbers against {len(theirs)}")
    worst, start = 0.0, 0
    for name, count in (groups or {"values": len(theirs)}).items():
        here, there = ours[start:start + count], theirs[start:start + count]
        deviation = max(abs(a - b) for a, b in zip(here, there)) / max(max(map(abs, there)), 1e-30)
        if not deviation <= tolerance:
            raise Disagreement(f"{name} differs by {deviation:.1e} × its maximum")
        worst, start = max(worst, deviation), start + count
    return worst


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.workers = {}
        self.names = []
        self.missing = {}
        self.results = []
        self.began = time.monotonic()
        self.clip = folder / "clip.wav"
        write_clip(self.clip, 22_050, 2.5)

    def long_clip(self):
        """Ten minutes."""
        path = self.folder / "long.wav"
        if not path.exists():
            repeat_clip(self.clip, path, 240)
        return path

    # MARK: workers

    def worker(self, name):
        """A process for each peer, for Timbre on one core and for Timbre on all."""
        if name in self.missing:
            raise Unavailable(self.missing[name])
        if name not in self.workers:
            if name in PEERS:
                module, count = PEERS[name]
                command = [sys.executable, "-m", module]
            else:
                command, count = [str(self.options.timbre_bench)], 1 if name == "Timbre, one core" else None
            try:
                self.workers[name] = Worker(command, cores()[-1:] if count == 1 else cores())
            except Unavailable as reason:
                self.missing[name] = f"{name} {absent(reason)}"
                raise Unavailable(self.missing[name]) from None
            self.names.append(self.workers[name].name)
        return self.workers[name]

    def beside(self, peer):
        """Timbre on as many cores as the peer has."""
        return self.worker("Timbre, one core" if PEERS[peer][1] == 1 else "Timbre")

    def dismiss(self):
        """Ends all workers: what waits in the background takes memory, and now and then a core."""
        for worker in self.workers.values():
            worker.close()
        self.workers = {}

    # MARK: rows

    def wants(self, row):
        return not self.options.only or row in self.options.only or row.split()[0] in self.options.only

    def row(self, row, peer, what, measure, at_least=None, at_most=None):
        """Runs one row; `measure` returns what is to be added to its result."""
        if not self.wants(row):
            return None
        required = at_least if at_least is not None else at_most
        result = {"row": row, "peer": peer, "ratio": None, "spread": None, "required": required, "met": None, "what": what}
        if at_most is not None:
            result["bound"] = "at most"
        print(f"{time.monotonic() - self.began:6.0f} s  {row}, {peer} …", file=sys.stderr, flush=True)
        try:
            result.update(measure())
            if required is not None and result["met"] is None:
                result["met"] = result["ratio"] >= at_least if at_least is not None else result["ratio"] <= at_most
        except Unavailable as reason:
            result["note"] = f"not run: {reason}"
        except Disagreement as reason:
            result.update(met=False, note=f"the two sides disagree: {reason}")
        except RuntimeError as reason:
            result.update(met=False, note=f"failed: {reason}")
        self.results.append(result)
        return result

    # MARK: rounds

    def alternate(self, ours, theirs, rounds=None):
        """Both functions return a cost. One round asks each once, and rounds change about which comes first."""
        costs = {ours: [], theirs: []}
        for number in range(rounds or self.options.rounds):
            for side in (ours, theirs) if number % 2 == 0 else (theirs, ours):
                costs[side].append(side())
        ratios = [b / a for a, b in zip(costs[ours], costs[theirs])]
        here, there = statistics.median(costs[ours]), statistics.median(costs[theirs])
        return {"ratio": there / here, "spread": [min(ratios), max(ratios)], "timbre": here, "peer_figure": there, "unit": "s"}

    def against(self, peer, task, ours, theirs=None, check=None, per_call=None, unit="s", seconds=None, rounds=None):
        """Times a task here, with the words `ours`, and there. `per_call`: rows of a call, for figures per second."""
        theirs = ours if theirs is None else theirs
        seconds = seconds or self.options.seconds
        here, there = self.beside(peer), self.worker(peer)
        deviation = check(here, there) if check else None
        ask_here = lambda: here.ask(task, "time", seconds, *ours)["seconds"]  # noqa: E731
        ask_there = lambda: there.ask(task, "time", seconds, *theirs)["seconds"]  # noqa: E731
        # What a peer prepares on first use is not part of a round.
        way = there.ask(task, "time", seconds, *theirs).get("way")
        result = self.alternate(ask_here, ask_there, rounds)
        if per_call:
            result.update(timbre=per_call / result["timbre"], peer_figure=per_call / result["peer_figure"])
        return {**result, "unit": unit, "deviation": deviation} | ({"way": way} if way else {})

    def shown(self, task, words, groups=None):
        """A check of a few numbers, told by both sides."""
        return lambda here, there: require_equal(
            here.ask(task, "show", *words)["values"], there.ask(task, "show", *words)["values"], groups=groups)

    def saved(self, task, ours, theirs=None, tolerance=TOLERANCE):
        """A check of many numbers, left in a file for the peer to compare with its own."""

        def check(here, there):
            file = self.folder / "values.npy"
            here.ask(task, "save", file, *ours)
            answer = there.ask(task, "compare", file, *(ours if theirs is None else theirs))
            if not answer["deviation"] <= answer.get("tolerance", tolerance):
                raise Disagreement(f"by {answer['deviation']:.1e} × the maximum")
            return answer["deviation"]

        return check
