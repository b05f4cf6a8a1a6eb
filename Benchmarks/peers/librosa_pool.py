"""librosa's side of a whole corpus: a pool with a process per core, each on one thread. See serve.py.

Each clip is decoded, resampled and made into three views, and each view into 162 numbers, as the notebook does it.
"""
import csv
import multiprocessing
import os
import pathlib
import time

from peers import librosa_setup  # before librosa

import librosa  # noqa: I001
import numpy

from notebook_vector import vector
from peers.serve import serve

COUNT = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
pool = None


def rows(path):
    random = numpy.random.default_rng(7)
    y, rate = librosa.load(path, sr=22_050, offset=0.6, duration=2.5)
    noisy = y + 0.035 * random.uniform() * numpy.amax(y) * random.normal(size=y.shape[0])
    moved = librosa.effects.pitch_shift(librosa.effects.time_stretch(y, rate=0.8), sr=rate, n_steps=0.7)
    return numpy.array([vector(view, rate) for view in (y, noisy, moved)], dtype=numpy.float32)


GROUPS = {"zero_crossing_rate": 1, "chroma_stft": 12, "mfcc": 20, "rms": 1, "melspectrogram": 128}
TOLERANCE = 1e-4


def compared(path, ours):
    """How far our vector without augmentation is from librosa's, by the largest number of its kind; and whether a tie explains it.

    Chroma follows an estimate of the tuning, the fullest of 100 bins of a histogram. Where two are as full, the last bit decides:
    there ours must be what librosa makes of another bin.
    """
    y, rate = librosa.load(path, sr=22_050, offset=0.6, duration=2.5)
    theirs, start, worst, tie = vector(y, rate), 0, 0.0, False
    for name, count in GROUPS.items():
        part = slice(start, start + count)
        deviation = difference(ours[part], theirs[part])
        if name == "chroma_stft" and not deviation <= TOLERANCE:
            spectrum, tie = numpy.abs(librosa.stft(y)), True
            others = (librosa.feature.chroma_stft(S=spectrum, sr=rate, tuning=bin / 100).mean(axis=1) for bin in range(-50, 50))
            deviation = min(difference(ours[part], other) for other in others)
        worst, start = max(worst, deviation), start + count
    return worst, tie


def difference(ours, theirs):
    return float(numpy.max(numpy.abs(ours - theirs)) / numpy.max(numpy.abs(theirs)))


def listed(path):
    return pathlib.Path(path).read_text().splitlines()


def ready(files):
    """Compiled and warm before it is timed: the processes are born of one that has done the work."""
    global pool
    if pool is None:
        rows(files[0])
        pool = multiprocessing.get_context("fork").Pool(COUNT)
        pool.map(rows, files[:4 * COUNT], chunksize=1)


def corpus(names):
    files = listed(names)
    ready(files)
    begin = time.perf_counter()
    made = list(pool.imap_unordered(rows, files, chunksize=1))
    return {"seconds": time.perf_counter() - begin, "clips": len(files), "shape": list(numpy.concatenate(made).shape)}


def check(names, run):
    """Compares the vectors that a run of Timbre left with librosa's."""
    files, run = listed(names), pathlib.Path(run)
    ready(files)
    vectors = numpy.load(run / "features/vectors.npy")
    with open(run / "clips.csv", newline="") as table:
        row_of = {row["id"]: int(row["row"]) for row in csv.DictReader(table) if row["view"] == "original"}
    pairs = [(file, vectors[row_of[pathlib.Path(file).stem]]) for file in files]
    answers = pool.starmap(compared, pairs, chunksize=1)
    ties = sum(tie for _, tie in answers)
    return {"deviation": max(deviation for deviation, _ in answers), "ties": ties / len(files), "shape": list(vectors.shape)}


serve(librosa_setup.name() + f", {COUNT} processes", {}, {"corpus": corpus, "check": check})
