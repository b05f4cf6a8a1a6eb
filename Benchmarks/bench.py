"""Timbre beside its peers: the same work on the same cores, alternating, in one run.

usage: bench.py --timbre-bench PROGRAM --timbre PROGRAM [--rounds 7] [--seconds 1] [--only ROW…] [--out Benchmarks/latest.json]

Before a row is timed, both sides show that they compute the same thing. A round times each side once, and rounds change about
which goes first; a side's figure in a round is the median of its calls. The ratio is that of the medians over the rounds, its
spread the least and the greatest ratio of a round. A ratio above 1 says that Timbre is faster. Exit 1: a required ratio was not
reached, or the two sides disagree. Needs nothing but Python; a peer that is not installed is named, and its rows are not run.
"""
import argparse
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile

from clip import write_clip
from worker import Unavailable, Worker

HERE = pathlib.Path(__file__).resolve().parent
TOLERANCE = 1e-4  # of the largest value: what Timbre promises for every function of librosa
# librosa adds up the phases of its vocoder in single precision: on speech, what it makes of float32 and of float64 samples lies
# 2e-3 to 4e-3 apart. Two ways of rounding differ by some 2e-4.
EFFECT_TOLERANCE = 1e-3
GROUPS = {"zero_crossing_rate": 1, "chroma_stft": 12, "mfcc": 20, "rms": 1, "melspectrogram": 128}
BUDGET = 0.1  # seconds of processor time that a cold prediction may take besides decoding


def cores():
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count()))


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
        self.missing = {}
        self.results = []
        self.clip = folder / "clip.wav"
        write_clip(self.clip, 22_050, 2.5)

    def worker(self, name):
        """One for each peer and for Timbre on as many cores; librosa's work takes one core, PyTorch's all."""
        if name in self.missing:
            raise Unavailable(self.missing[name])
        if name not in self.workers:
            commands = {
                "timbre 1": [self.options.timbre_bench], "timbre": [self.options.timbre_bench],
                "librosa": [sys.executable, HERE / "peer_librosa.py"], "PyTorch": [sys.executable, HERE / "peer_pytorch.py"],
            }
            used = cores()[-1:] if name in ("timbre 1", "librosa") else cores()
            try:
                self.workers[name] = Worker([str(word) for word in commands[name]], used)
            except Unavailable as reason:
                self.missing[name] = f"{name} does not start: {reason}"
                raise Unavailable(self.missing[name]) from None
        return self.workers[name]

    def row(self, row, peer, what, measure, required=None):
        """Runs one row; `measure` returns what is to be added to its result."""
        if self.options.only and row not in self.options.only:
            return
        result = {"row": row, "peer": peer, "ratio": None, "spread": None, "required": required, "met": None, "what": what}
        print(f"{row} …", file=sys.stderr, flush=True)
        try:
            result.update(measure())
            if required is not None:
                result["met"] = result["ratio"] >= required
        except Unavailable as reason:
            result["note"] = f"not run: {reason}"
        except Disagreement as reason:
            result.update(met=False, note=f"the two sides disagree: {reason}")
        self.results.append(result)

    def against(self, peer, task, arguments, check, unit, per_call=None, seconds=None):
        """Times a task here and there. `per_call`: rows of a call, for figures per second; None for seconds a call."""
        seconds = seconds or self.options.seconds
        theirs = self.worker(peer)
        ours = self.worker("timbre 1" if peer == "librosa" else "timbre")
        deviation = check(ours, theirs)
        ask = {side: (lambda side=side: side.ask(task, "time", seconds, *arguments)["seconds"]) for side in (ours, theirs)}
        ask[theirs]()  # what a peer prepares on first use is not part of a round
        taken = {ours: [], theirs: []}
        for number in range(self.options.rounds):
            for side in (ours, theirs) if number % 2 == 0 else (theirs, ours):
                taken[side].append(ask[side]())
        ratios = [b / a for a, b in zip(taken[ours], taken[theirs])]
        here, there = (statistics.median(taken[side]) for side in (ours, theirs))
        figure = (lambda value: value) if per_call is None else (lambda value: per_call / value)
        return {"ratio": there / here, "spread": [min(ratios), max(ratios)], "timbre": figure(here), "peer_figure": figure(there),
                "unit": unit, "deviation": deviation}

    def shown(self, task, arguments, tolerance=TOLERANCE, groups=None):
        return lambda ours, theirs: require_equal(
            ours.ask(task, "show", *arguments)["values"], theirs.ask(task, "show", *arguments)["values"], tolerance, groups)

    def vector(self, clip):
        arguments = [clip, HERE / "predict.json"]
        return self.against("librosa", "vector", arguments, self.shown("vector", arguments, groups=GROUPS), "s")

    def recording(self):
        """The vector of a real clip, decoded and resampled once, by librosa."""
        source = ravdess_clip()
        if source is None:
            raise Unavailable("no RAVDESS at hand (set RAVDESS to its folder)")
        target = self.folder / "recording.wav"
        self.worker("librosa").ask("clip", "show", source, target)
        return self.vector(target)

    def effect(self, task, amount):
        arguments = [amount, self.clip]
        return self.against("librosa", task, arguments, self.shown(task, arguments, EFFECT_TOLERANCE), "s")

    def network(self, ours, theirs):
        """Both networks have the same number of parameters and, given the same weights, the same probabilities."""
        here, there = ours.ask("infer", "show", self.folder), theirs.ask("infer", "show", self.folder)
        if here["parameters"] != there["parameters"]:
            raise Disagreement(f"{here['parameters']} parameters against {there['parameters']}")
        return require_equal(here["values"], there["values"])

    def train(self, batch=64):
        return self.against("PyTorch", "train", [len(cores()), batch], self.network, "samples/s", batch, 2 * self.options.seconds)

    def infer(self, rows=1024):
        return self.against("PyTorch", "infer", [len(cores()), rows], self.network, "vectors/s", rows)

    def predict(self):
        """Processor time of one cold `timbre predict`, less that of decoding its file in a warm process."""
        recording = self.folder / "recording48k.wav"
        write_clip(recording, 48_000, 3.5)
        model = self.folder / "run"
        run([self.options.timbre, "run", HERE / "predict.json", "--out", model])
        decoder = self.worker("timbre 1")
        rest, decoding = [], []
        for _ in range(2 * self.options.rounds + 1):
            decode = decoder.ask("decode", "time", 0.1, recording)["cpu"]
            before = children_seconds()
            said = run([self.options.timbre, "predict", recording, "--model", model, "--json"])
            taken = children_seconds() - before
            if "label" not in json.loads(said)[0]:
                raise Disagreement("the prediction failed: " + said)
            decoding.append(decode)
            rest.append(taken - decode)
        middle = statistics.median(rest)
        return {"ratio": BUDGET / middle, "spread": [BUDGET / max(rest), BUDGET / min(rest)], "timbre": middle,
                "peer_figure": BUDGET, "unit": "s", "decoding": statistics.median(decoding)}


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")
    return done.stdout


def children_seconds():
    """User and system time of the processes that were run and waited for; os.times would count it in hundredths."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ravdess_clip():
    folder = os.environ.get("RAVDESS") or HERE.parent.parent / "shared/data/ravdess"
    clips = sorted(path for path in pathlib.Path(folder).rglob("03-*") if path.suffix in (".wav", ".flac"))
    return clips[len(clips) // 2] if clips else None


def number(value, unit):
    return f"{value * 1000:.3g} ms" if unit == "s" else f"{value:,.0f} {unit}"


def describe(result):
    """A line of the table."""
    words = f"{result['row']:<10}{result['peer']:<9}"
    if result["ratio"] is None:
        return words + result.get("note", "")
    unit, (low, high) = result["unit"], result["spread"]
    words += f"{number(result['timbre'], unit):>17}{number(result['peer_figure'], unit):>17}"
    words += f"{result['ratio']:>8.2f} × {f'({low:.2f}–{high:.2f})':<16}"
    if result["required"] is None:
        return words + "—"
    return words + f"{result['required']:g} ×  " + ("met" if result["met"] else "NOT MET")


def machine():
    model = platform.processor()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {len(cores())} cores, {platform.system()} {platform.machine()}, load {os.getloadavg()[0]:.1f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--timbre-bench", required=True)
    parser.add_argument("--timbre", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--out", default=HERE / "latest.json")
    options = parser.parse_args()
    at = machine()
    with tempfile.TemporaryDirectory(prefix="timbre-bench-") as folder:
        bench = Bench(options, pathlib.Path(folder))
        bench.row("vector", "librosa", "162 numbers of a generated clip of 2.5 s, one thread", lambda: bench.vector(bench.clip), 15)
        bench.row("recording", "librosa", "the same of a clip of RAVDESS", bench.recording, 15)
        bench.row("stretch", "librosa", "time_stretch by 0.8, one thread", lambda: bench.effect("stretch", 0.8))
        bench.row("shift", "librosa", "pitch_shift by 0.7 semitones, one thread", lambda: bench.effect("shift", 0.7))
        bench.row("train", "PyTorch", "steps of Adam on the default network, batch 64, all cores", bench.train, 1.5)
        bench.row("infer", "PyTorch", "probabilities of 1,024 vectors, all cores", bench.infer)
        bench.row("predict", "budget", "processor time of a cold `timbre predict` besides decoding", bench.predict, 1)
        names = [worker.name for worker in bench.workers.values()]
        for worker in bench.workers.values():
            worker.close()
    print(f"{at}\n{'; '.join(dict.fromkeys(names))}\n")
    print(f"{'row':<10}{'peer':<9}{'Timbre':>17}{'peer':>17}{'ratio':>10} {'(spread)':<16}required")
    for result in bench.results:
        print(describe(result))
    print()
    for result in bench.results:
        print(f"{result['row']}: {result['what']}")
    rows = [{key: value for key, value in result.items() if key != "what"} for result in bench.results]
    pathlib.Path(options.out).write_text(json.dumps(rows, indent=1) + "\n")
    sys.exit(1 if any(row["met"] is False for row in rows) else 0)


if __name__ == "__main__":
    main()
