"""Every feature and effect named after a librosa function, beside librosa itself: random parameters, random clips.

usage: parity.py --timbre PATH [--seed 1] [--cases 40] [--plugin ID]… [--corpus FOLDER] [--out docs/parity.md]

A case passes when |ours − theirs| ≤ 1e-4 × max|theirs| everywhere and the shapes are equal, or when a rule of rules.py
explains its difference. Exit 1 when a case does not pass, or when a rule is needed more often than seldom.
"""

import argparse
import concurrent.futures
import importlib.metadata
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

# The pool already keeps every core busy.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
import soundfile as sf

import cases
import reference
import rules
import signals

# The share of a plugin's cases that rules may explain; a few are always allowed, so that few cases do not mean strictness.
FEW = 3
SHARES = {plugin: 0.1 for plugin in rules.RULES} | {"feature.delta": 0.2}
# Our angles follow NumPy's on processors with AVX-512; elsewhere NumPy asks the C library, whose last bits are others.
if not np._core._multiarray_umath.__cpu_features__.get("AVX512_SKX"):
    SHARES |= {plugin: 0.25 for plugin in ("augment.time_stretch", "augment.pitch_shift")}


def main():
    options = parse()
    corpus = signals.corpus_files(options.corpus) if options.corpus else []
    print(f"corpus: {len(corpus)} recordings" if corpus else "corpus: none, so generated signals alone (set RAVDESS)")
    warm()
    plugins = options.plugin or list(cases.PLUGINS)
    work = [(plugin, options.seed * 1_000_003 + i) for plugin in plugins for i in range(options.cases)]
    with tempfile.TemporaryDirectory() as folder:
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), initializer=begin, initargs=(options.timbre, corpus, folder)) as pool:
            results = list(pool.map(run, *zip(*work), chunksize=4))
    text, failed = report(plugins, results, options, len(corpus))
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
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=40, help="cases of each plugin")
    parser.add_argument("--plugin", action="append", choices=list(cases.PLUGINS), metavar="ID", help="only this one; may be repeated")
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
    reference.FUNCTIONS["augment.pitch_shift"](y, 22050, {"n_steps": 1})
    for use in ("zero_crossing_rate", "rms", "mfcc", "chroma_stft"):
        reference.FUNCTIONS[f"feature.{use}"](y, 22050, {})


def begin(timbre, corpus, folder):
    global TIMBRE, CORPUS, FOLDER
    TIMBRE, CORPUS, FOLDER = timbre, corpus, folder


def draw(plugin, seed):
    """A case and its samples, the same for one seed wherever and whenever it is drawn."""
    r = random.Random(f"{plugin} {seed}")
    rng = np.random.default_rng([r.getrandbits(32)])
    rate = r.choice(signals.RATES)
    lengths, kinds = cases.LENGTHS.get(plugin, (2000, 30_000)), cases.KINDS.get(plugin, signals.GENERATED)
    kind, y = signals.draw(rng, CORPUS, rate, *lengths, kinds)
    case = {"use": plugin, "seed": seed, "clip": kind, "samples": len(y), "rate": rate}
    return case | {"parameters": cases.PLUGINS[plugin](r, len(y))}, y


def write(case, y, path):
    container, subtype = case["parameters"].get("write", ["WAV", "FLOAT"])
    if case["parameters"].get("channels") == 2:
        y = np.stack([y, 0.5 * y[::-1]], axis=1)
    sf.write(path, np.clip(y, -1, 0.999) if subtype != "FLOAT" else y, case["rate"], format=container, subtype=subtype)


def run(plugin, seed):
    case, y = draw(plugin, seed)
    path = f"{FOLDER}/{os.getpid()}.audio"
    write(case, y, path)
    try:
        theirs, refusal = np.asarray(reference.values(plugin, path, case["parameters"])), None
    except Exception as problem:
        theirs, refusal = None, str(problem)
    try:
        ours = timbre(case, path)
    except RuntimeError as problem:
        return case | {"error": None if theirs is None else float("inf"), "note": str(problem)}
    if theirs is None:
        return case | {"error": float("inf"), "note": f"only librosa refuses: {refusal}"}
    error = rules.error(ours, theirs)
    case["error"] = error
    if ours.shape != theirs.shape:
        case["note"] = f"shapes {ours.shape} and {theirs.shape}"
    if not error <= rules.LIMIT:
        case["rule"] = rules.excuse(case, path, ours, theirs, timbre)
    return case


def timbre(case, path):
    """Our values: bins × frames."""
    out = f"{FOLDER}/{os.getpid()}." + ("wav" if case["use"].startswith("augment") else "npy")
    finished = subprocess.run([TIMBRE, *words(case), path, "--out", out], capture_output=True, text=True)
    if finished.returncode != 0:
        raise RuntimeError(finished.stderr.strip() or f"exit {finished.returncode}")
    return sf.read(out, dtype="float32")[0][None, :] if out.endswith("wav") else np.load(out)


def words(case):
    use, p = case["use"], dict(case["parameters"])
    if use == "load":
        result = ["extract", "--use", "feature.rms", *settings("--set", {"frame_length": 1, "hop_length": 1, "center": False})]
        result += ["--sample-rate", str(p["rate"] or "native"), "--offset", repr(p["offset"]), "--res-type", p["res_type"]]
        return result + ([] if p["duration"] is None else ["--duration", repr(p["duration"])])
    if use.startswith("augment"):
        return ["augment", "--use", use, *settings("--set", p)]
    of = p.pop("of", None)
    result = ["extract", "--sample-rate", "native", "--use", use, *settings("--set", p)]
    return result + ([] if of is None else ["--of", "feature.mfcc", *settings("--of-set", of)])


def settings(flag, p):
    return [word for name, value in p.items() for word in (flag, f"{name}={value if isinstance(value, str) else json.dumps(value)}")]


def report(plugins, results, options, recordings):
    """The table, the cases that a rule explains, and the results that fail."""
    lines = ["| plugin | cases | worst | median | above 1e-4 | by rule |", "| --- | ---: | ---: | ---: | ---: | --- |"]
    failed, explained = [], []
    for plugin in plugins:
        mine = [r for r in results if r["use"] == plugin]
        compared = [r for r in mine if r["error"] is not None]
        above = [r for r in compared if not r["error"] <= rules.LIMIT]
        by_rule = [r for r in above if r.get("rule")]
        failed += [r for r in above if not r.get("rule")]
        explained += by_rule
        if len(by_rule) > max(FEW, SHARES.get(plugin, 0) * len(mine)):
            failed.append({"use": plugin, "note": f"{len(by_rule)} of {len(mine)} cases need a rule"})
        if 2 * len(compared) < len(mine):
            failed.append({"use": plugin, "note": f"{len(mine) - len(compared)} of {len(mine)} cases are refused by both"})
        within = [r["error"] for r in compared if r["error"] <= rules.LIMIT] or [float("nan")]
        counts = ", ".join(f"{n} {name}" for name in rules.TEXTS if (n := sum(r["rule"] == name for r in by_rule)))
        lines.append(f"| {plugin} | {len(compared)} | {max(within):.1e} | {statistics.median(within):.1e} | {len(above)} | {counts} |")
    return page(lines, explained, options, recordings, sum(r["error"] is not None for r in results)), failed


def page(table, explained, options, recordings, count):
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("librosa", "numpy", "scipy", "soxr"))
    clips = f"of which half are from {recordings} recordings of speech and song, half made by formula" if recordings else "made by formula"
    text = f"""# Parity with librosa

Written by `make parity`; seed {options.seed}, {count} cases with random parameters over the whole valid range, on clips
{clips}. Reference: {versions}. A case passes when |ours − theirs| ≤ 1e-4 × max|theirs| everywhere and the shapes are equal; `worst` and
`median` are of these. A case above is allowed only where a rule below explains its difference, which is checked on that very case.
`load` is every sample of `librosa.load`: file types, channels, offset, duration, sample rate and resampler.

"""
    text += "\n".join(table) + "\n\n## Rules\n\n"
    text += "\n".join(f"- **{name}**: {reason}" for name, reason in rules.TEXTS.items()) + "\n"
    text += "\nSo many of a plugin's cases may need a rule: " + ", ".join(f"{p} {share:.0%}" for p, share in SHARES.items())
    text += f"; always {FEW}.\n"
    if explained:
        text += "\n## Cases explained by a rule\n\n| plugin | seed | clip | error | rule | parameters |\n| --- | ---: | --- | ---: | --- | --- |\n"
        for r in explained:
            text += f"| {r['use']} | {r['seed']} | {r['clip']}, {r['samples']} at {r['rate']} Hz | {r['error']:.1e} | {r['rule']} | `{json.dumps(r['parameters'])}` |\n"
    return text


if __name__ == "__main__":
    main()
