"""How many times faster than its reference each plugin is: one thread, alternating, the ratio of medians."""

import json
import os
import statistics
import subprocess
import tempfile
import time

import librosa
import numpy as np
import soundfile as sf

import signals
from plugins import PLUGINS, reference

SECONDS, RATE, ROUNDS = 5, 22050, 3


def ratios(bench, plugins, corpus):
    y = clip(corpus)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/clip.wav"
        sf.write(path, y, RATE, subtype="FLOAT")
        return {use: ratio(bench, use, y, path) for use in plugins if PLUGINS[use].timed is not None}


def clip(corpus):
    """Five seconds of recordings one after the other, or of tones and noise."""
    if not corpus:
        return signals.generated("mix", SECONDS * RATE, RATE, np.random.default_rng(1))
    parts = [librosa.load(path, sr=RATE)[0] for path in corpus[:: max(1, len(corpus) // 3)][:3]]
    return np.ascontiguousarray(np.concatenate(parts)[: SECONDS * RATE])


def ratio(bench, use, y, path):
    plugin = PLUGINS[use]
    p = dict(plugin.timed)
    of = p.pop("of", {})
    if plugin.transform is None:
        work = lambda: plugin.reference(y, RATE, dict(p))  # noqa: E731
    else:
        matrix = reference(plugin.of, y, RATE, of)
        work = lambda: plugin.transform(matrix, dict(p))  # noqa: E731
    work()
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(timed(work))
        ours.append(seconds(bench, use, plugin, path, p, of))
    return statistics.median(theirs) / statistics.median(ours)


def timed(work, limit=0.3):
    taken = []
    while not taken or sum(taken) < limit:
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def seconds(bench, use, plugin, path, p, of):
    words = ["plugin", "time", "0.3", use, path, *settings(p)]
    if plugin.transform is not None:
        words += ["--of", plugin.of, *settings(of)]
    answer = json.loads(subprocess.run([bench, *words], capture_output=True, text=True, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}).stdout)
    if "error" in answer:
        raise RuntimeError(f"{use}: {answer['error']}")
    return answer["seconds"]


def settings(p):
    return [f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in p.items()]
