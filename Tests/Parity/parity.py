"""Every feature and effect named after a published function, beside that function: random parameters, random clips.

usage: parity.py --timbre PATH [--bench PATH] [--seed 1] [--cases 100] [--plugin ID]… [--corpus FOLDER] [--out docs/parity.md]

A case passes when |ours − theirs| ≤ 1e-4 × max|theirs| everywhere and the shapes are equal, or when a rule of its plugin explains
the difference. Exit 1 when a case does not pass, when a rule is needed more often than seldom, or when too many frames differ.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

# The pool already keeps every core busy.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import librosa
import numpy as np
import soundfile as sf

import report
import signals
import speed
from plugins import PLUGINS, reference


def main():
    options = parse()
    corpus = signals.corpus_files(options.corpus) if options.corpus else []
    print(f"corpus: {len(corpus)} recordings" if corpus else "corpus: none, so generated signals alone (set RAVDESS)")
    warm()
    plugins = options.plugin or list(PLUGINS)
    work = [(plugin, options.seed * 1_000_003 + i) for plugin in plugins for i in range(options.cases)]
    with tempfile.TemporaryDirectory() as folder:
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), initializer=begin, initargs=(options.timbre, corpus, folder)) as pool:
            results = list(pool.map(run, *zip(*work), chunksize=4))
    ratios = speed.ratios(options.bench, plugins, corpus) if options.bench else {}
    text, failed = report.report(plugins, results, options, len(corpus), ratios)
    print(text)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text)
    for result in failed:
        print("FAILED", json.dumps(result), file=sys.stderr)
    sys.exit(1 if failed else 0)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--timbre", required=True, help="the built command")
    parser.add_argument("--bench", help="the built timbre-bench: times every plugin as well")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=100, help="cases of each plugin")
    parser.add_argument("--plugin", action="append", choices=list(PLUGINS), metavar="ID", help="only this one; may be repeated")
    parser.add_argument("--corpus", help="a folder of recordings; default: $RAVDESS, or ../shared/data/ravdess")
    parser.add_argument("--out", type=pathlib.Path, help="a Markdown file for the table")
    options = parser.parse_args()
    if options.corpus is None:
        beside = pathlib.Path(__file__).parents[3] / "shared/data/ravdess"
        options.corpus = os.environ.get("RAVDESS") or (str(beside) if beside.is_dir() else None)
    options.timbre = str(pathlib.Path(options.timbre).resolve())
    return options


def warm():
    """Compiles librosa's kernels once, before the workers are forked."""
    y = np.sin(np.arange(22050, dtype=np.float32))
    for use in ("feature.zero_crossing_rate", "feature.rms", "feature.mfcc", "feature.chroma_stft"):
        reference(use, y, 22050, {})
    reference("augment.pitch_shift", y, 22050, {"n_steps": 1})


def begin(timbre, corpus, folder):
    global TIMBRE, CORPUS, FOLDER
    TIMBRE, CORPUS, FOLDER = timbre, corpus, folder


def draw(use, seed):
    """A case and its samples, the same for one seed wherever and whenever it is drawn."""
    plugin = PLUGINS[use]
    r = random.Random(f"{use} {seed}")
    rng = np.random.default_rng([r.getrandbits(32)])
    rate = r.choice(signals.RATES)
    kind, y = signals.draw(rng, CORPUS, rate, *plugin.lengths, plugin.kinds or signals.GENERATED)
    case = {"use": use, "seed": seed, "clip": kind, "samples": len(y), "rate": rate}
    return case | {"parameters": plugin.draw(r, len(y), rate)}, y


def write(case, y, path):
    container, subtype = case["parameters"].get("write", ["WAV", "FLOAT"])
    if case["parameters"].get("channels") == 2 and case["use"] == "load":
        y = np.stack([y, 0.5 * y[::-1]], axis=1)
    sf.write(path, np.clip(y, -1, 0.999) if subtype != "FLOAT" else y, case["rate"], format=container, subtype=subtype)


def run(use, seed):
    plugin = PLUGINS[use]
    case, y = draw(use, seed)
    path = f"{FOLDER}/{os.getpid()}.audio"
    write(case, y, path)
    try:
        if use == "load":
            theirs = plugin.reference(path, case["parameters"])
        else:
            y, sr = librosa.load(path, sr=None)
            theirs = reference(use, y, sr, case["parameters"])
        refusal = None
    except Exception as problem:
        theirs, refusal = None, str(problem)
    try:
        ours = timbre(case, path)
    except RuntimeError as problem:
        # What is infinite in the reference is refused here.
        refused = theirs is None or not np.isfinite(theirs).all()
        return case | {"error": None if refused else float("inf"), "note": str(problem)}
    if theirs is None:
        return case | {"error": float("inf"), "note": f"only the reference refuses: {refusal}"}
    case |= {"error": plugin.error(ours, theirs), "frames": theirs.shape[-1]}
    if ours.shape != theirs.shape:
        case["note"] = f"shapes {ours.shape} and {theirs.shape}"
    if not case["error"] <= plugin.limit:
        extract = lambda other: timbre(case | {"rate": case["rate"]} | other, path)  # noqa: E731
        found = (name for name, rule in plugin.rules.items() if rule.check(case, y, sr, ours, theirs, extract))
        case["rule"] = next(found, None)
        if case["rule"] is None and plugin.frames and ours.shape == theirs.shape:
            case |= {"rule": "frames", "differing": plugin.differing(ours, theirs)}
    return case


def timbre(case, path):
    """Our values: bins × frames."""
    out = f"{FOLDER}/{os.getpid()}." + ("wav" if case["use"].startswith(("augment", "resynth")) else "npy")
    finished = subprocess.run([TIMBRE, *words(case), path, "--out", out], capture_output=True, text=True)
    if finished.returncode != 0:
        raise RuntimeError(finished.stderr.strip() or f"exit {finished.returncode}")
    return sf.read(out, dtype="float32")[0][None, :] if out.endswith("wav") else np.load(out)


def words(case):
    """The command's words for a case."""
    use, p = case["use"], dict(case["parameters"])
    if use == "load":
        result = ["extract", "--use", "feature.rms", *settings("--set", {"frame_length": 1, "hop_length": 1, "center": False})]
        result += ["--sample-rate", str(p["rate"] or "native"), "--offset", repr(p["offset"]), "--res-type", p["res_type"]]
        return result + ([] if p["duration"] is None else ["--duration", repr(p["duration"])])
    if use.startswith("augment"):
        return ["augment", "--use", use, *settings("--set", p)]
    if use.startswith("resynth"):
        feature = p.pop("use")
        search = [word for name in ("n_iter", "momentum", "init") if name in p for word in ("--" + name.replace("_", "-"), str(p.pop(name)))]
        return ["resynth", "--sample-rate", "native", "--use", feature, *search, *settings("--set", p)]
    of = p.pop("of", None)
    result = ["extract", "--sample-rate", "native", "--use", use, *settings("--set", p)]
    return result + ([] if of is None else ["--of", PLUGINS[use].of, *settings("--of-set", of)])


def settings(flag, p):
    return [word for name, value in p.items() for word in (flag, f"{name}={value if isinstance(value, str) else json.dumps(value)}")]


if __name__ == "__main__":
    main()
