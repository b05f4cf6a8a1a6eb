"""Clips for the comparison: real speech and song where a corpus is at hand, and signals made by formula."""

import pathlib

import numpy as np
import scipy.signal
import soundfile as sf

RATES = [8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000]
GENERATED = ["tone", "chirp", "clicks", "noise", "noise", "mix", "offset", "quiet", "silence", "tiny"]


def corpus_files(folder):
    """Every recording below the folder, in an order that does not depend on the file system."""
    found = (p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in (".wav", ".flac"))
    return sorted(str(p) for p in found)


def read(path, rng, longest):
    """Up to `longest` samples of a recording, from where it is not silent."""
    with sf.SoundFile(path) as file:
        start = int(rng.integers(0, max(1, file.frames // 2)))
        file.seek(start)
        block = file.read(longest, dtype="float32", always_2d=True)
    return np.ascontiguousarray(block[:, 0])


def generated(kind, count, rate, rng):
    t = np.arange(count) / rate
    if kind == "tone":
        y = rng.uniform(0.05, 1) * np.sin(2 * np.pi * rng.uniform(50, rate / 2) * t)
    elif kind == "chirp":
        y = 0.7 * np.sin(2 * np.pi * (50 * t + 0.5 * (rate / 2 - 100) / max(t[-1], 1e-3) * t * t))
    elif kind == "clicks":
        y = np.zeros(count)
        y[rng.integers(0, count, max(1, count // 3000))] = rng.uniform(-1, 1)
    elif kind == "noise":
        y = rng.standard_normal(count) * rng.choice([0.001, 0.1, 0.3])
    elif kind == "mix":
        y = 0.3 * np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 1330 * t) + 0.01 * rng.standard_normal(count)
    elif kind == "offset":
        y = 0.2 + 0.05 * rng.standard_normal(count)
    elif kind == "quiet":
        y = 1e-6 * rng.standard_normal(count)
    elif kind == "pulses":
        y = pulses(count, rate, rng.standard_normal, rng.uniform(70, 400), rng.choice([0, 0.005, 0.02, 0.1]))
    elif kind == "tiny":
        y = 0.1 * rng.standard_normal(int(rng.choice([1, 2, 3, 10, 100, 1000])))
    else:
        y = np.zeros(count)
    return y.astype(np.float32)


def pulses(count, rate, noise, pitch, spread):
    """A voice: pulses of uneven distance and level through three resonators."""
    y, place = np.zeros(count), 0
    while place < count:
        y[place] = 1 + 2 * spread * noise()
        place += max(1, int(rate / pitch * (1 + spread * noise())))
    for frequency, bandwidth in ((700, 80), (1220, 100), (2600, 120)):
        decay = np.exp(-np.pi * bandwidth / rate)
        y = scipy.signal.lfilter([1], [1, -2 * decay * np.cos(2 * np.pi * frequency / rate), decay * decay], y)
    return 0.5 * y / np.max(np.abs(y))


def draw(rng, corpus, rate, shortest, longest, kinds=GENERATED):
    """A kind of clip and its samples: half of them real recordings, where there are any."""
    count = int(rng.integers(shortest, longest))
    if corpus and rng.random() < 0.5:
        return "recording", read(corpus[int(rng.integers(len(corpus)))], rng, count)
    kind = str(rng.choice(kinds))
    return kind, generated(kind, count, rate, rng)
