"""Features of fundamental frequency and tuning."""

import contextlib

import librosa
import numpy as np
import scipy.stats

from draws import ALL_PADS, arguments, some, stft
from plugin import LIMIT, Plugin, Rule

RANGE = {"fmin": 65.4, "fmax": 2093}


def yin(r, samples, rate):
    fmax = r.choice([2093, 2093, 1000, 500, rate / 2, r.uniform(200, rate / 2)])
    fmin = min(r.choice([65.4, 65.4, 30, 100, r.uniform(20, 300)]), 0.7 * fmax)
    shortest = int(rate / fmin) + 3
    length = max(shortest, r.choice([2048, 2048, 1024, 4096, 2 * shortest, 3 * shortest + 1, r.randint(shortest, 6000)]))
    p = {"fmin": fmin, "fmax": fmax, "frame_length": length}
    p["hop_length"] = r.choice([length // 4, length // 4, length // 8 + 1, r.randint(64, length)])
    if r.random() < 0.3 and samples >= length:
        p["center"] = False
    some(r, p, 0.5, "pad_mode", ALL_PADS)
    return p


def draw_yin(r, samples, rate):
    p = yin(r, samples, rate)
    some(r, p, 0.5, "trough_threshold", [0.01, 0.2, 0.5, 1, r.uniform(0, 1)])
    return p


def pyin(r, samples, rate):
    p = yin(r, samples, rate)
    p["hop_length"] = max(p["hop_length"], samples // 100)
    some(r, p, 0.3, "n_thresholds", [1, 2, 10, 50, 200])
    some(r, p, 0.3, "beta_parameters", [[2, 34 / 3], [2, 8], [1, 1], [0.5, 3.5], [r.uniform(0.5, 5), r.uniform(1, 30)]])
    some(r, p, 0.3, "boltzmann_parameter", [0.1, 0.5, 5, 20])
    some(r, p, 0.4, "resolution", [0.2, 0.25, 0.3, 0.5, 0.9])
    some(r, p, 0.3, "switch_prob", [1e-9, 1e-4, 0.1, 0.5, 0.99, r.random()])
    some(r, p, 0.3, "no_trough_prob", [0, 1e-6, 0.2, 0.9, r.random()])
    some(r, p, 0.3, "fill_na", [None, -1, 50])
    # librosa takes steps up to the whole range of pitches.
    per_semitone = int(np.ceil(1 / p.get("resolution", 0.1)))
    semitones = np.floor(12 * per_semitone * np.log2(p["fmax"] / p["fmin"])) / per_semitone - 1
    fastest = semitones * rate / (12 * p["hop_length"])
    rate = r.choice([35.92, 35.92, r.uniform(0, fastest), 1, 10])
    return p | {"max_transition_rate": max(1e-9, min(rate, 0.95 * fastest))}


def pyin_values(y, sr, p):
    return np.stack(librosa.pyin(y, sr=sr, **(RANGE | {"fill_na": 0} | p))).astype(np.float64)


def rounding(case, y, sr, ours, theirs, extract):
    """Whether every frame of ours is one that librosa gives when its own probabilities are changed by roundings."""
    p = case["parameters"]
    a, b = p.get("beta_parameters", (2, 18))
    switch, trough = p.get("switch_prob", 0.01), p.get("no_trough_prob", 0.01)
    largest = np.max(np.abs(theirs))
    explained = np.all(np.abs(ours - theirs) <= LIMIT * largest, axis=0)
    for step in range(1, 17):
        for sign in (1, -1):
            change = 1 + sign * step * 2.3e-16
            other = {"beta_parameters": (a * change, b), "switch_prob": min(1, switch * change), "no_trough_prob": min(1, trough * change)}
            for names in (["beta_parameters"], ["switch_prob"], ["no_trough_prob"], list(other)):
                try:
                    values = pyin_values(y, sr, p | {name: other[name] for name in names})
                except librosa.ParameterError:
                    # A sum of probabilities that rounds to more than 1.
                    continue
                explained |= np.all(np.abs(ours - values) <= LIMIT * largest, axis=0)
                if explained.all():
                    return True
    for seed in range(32):
        try:
            with rounded_beta(seed):
                values = pyin_values(y, sr, p)
        except librosa.ParameterError:
            continue
        explained |= np.all(np.abs(ours - values) <= LIMIT * largest, axis=0)
        if explained.all():
            return True
    return False


@contextlib.contextmanager
def rounded_beta(seed):
    """SciPy's beta distribution off by a unit in the last place, which makes the prior of high thresholds, a difference of two ones."""
    original, rng = scipy.stats.beta.cdf, np.random.default_rng(seed)

    def noisy(x, *parameters):
        values = original(x, *parameters)
        moved = np.minimum(1, values + rng.integers(-1, 2, values.shape) * np.spacing(values))
        return np.maximum.accumulate(np.maximum(0, moved))

    scipy.stats.beta.cdf = noisy
    try:
        yield
    finally:
        scipy.stats.beta.cdf = original


ROUNDING = Rule(
    "pYIN's path is the largest of sums of logarithms, many of which are equal but for their rounding (all unvoiced bins of a silent "
    "frame; a probability of 1 less a rounding). Every frame of ours is one that librosa itself gives when its parameters are "
    "changed by a few units in the last place, or the values of its beta distribution by one.",
    rounding)


def peaks(r, samples, rate):
    p = stft(r, samples)
    some(r, p, 0.4, "fmin", [0, 50, 80.5, 1000])
    some(r, p, 0.4, "fmax", [1000, 3000.5, 8000, 100_000])
    some(r, p, 0.4, "threshold", [0, 0.01, 0.05, 0.5, 1])
    some(r, p, 0.3, "ref", ["max", 0.001, 0.1, 1])
    return p


def piptrack(r, samples, rate):
    return peaks(r, samples, rate) | {"output": r.choice(["pitches", "magnitudes"])}


def estimate_tuning(r, samples, rate):
    p = peaks(r, samples, rate)
    some(r, p, 0.4, "resolution", [0.001, 0.02, 0.1, 0.3, 0.7])
    some(r, p, 0.4, "bins_per_octave", [1, 7, 24, 36])
    return p


def peak_arguments(p):
    p = {"hop_length": 512} | arguments(p)
    return p | {"ref": None if p.get("ref", "max") == "max" else p["ref"]}


def piptrack_values(y, sr, p):
    p = peak_arguments(p)
    output = p.pop("output", "pitches")
    return librosa.piptrack(y=y, sr=sr, **p)[["pitches", "magnitudes"].index(output)]


def tuning_values(y, sr, p):
    return np.array([[librosa.estimate_tuning(y=y, sr=sr, **peak_arguments(p))]])


def fullest(case, y, sr, ours, theirs, extract):
    """Whether our bin of the histogram is as full as librosa's, but for peaks that one rounding of a logarithm moves to its neighbour."""
    p = peak_arguments(case["parameters"])
    resolution, octave = p.pop("resolution", 0.01), p.pop("bins_per_octave", 12)
    pitch, magnitude = librosa.piptrack(y=y, sr=sr, **p)
    kept = pitch[(magnitude >= np.median(magnitude[pitch > 0])) & (pitch > 0)]
    octaves = librosa.hz_to_octs(kept)
    edges = np.linspace(-0.5, 0.5, int(np.ceil(1 / resolution)) + 1)
    low, high = (residual_of(np.nextafter(octaves, np.float32(side * np.inf)), octave) for side in (-1, 1))
    bins = [np.clip(np.searchsorted(edges, x, "right") - 1, 0, len(edges) - 2) for x in (low, high)]
    mine = int(np.argmin(np.abs(edges[:-1] - ours[0, 0])))
    most = np.sum((bins[0] == mine) | (bins[1] == mine))
    counts = np.bincount(bins[0][bins[0] == bins[1]], minlength=len(edges) - 1)
    return abs(edges[mine] - ours[0, 0]) < 1e-6 and most >= counts.max()


def residual_of(octaves, bins_per_octave):
    residual = np.mod(bins_per_octave * octaves, 1.0)
    residual[residual >= 0.5] -= 1.0
    return residual


PLUGINS = {
    "feature.yin": Plugin(
        draw_yin, lambda y, sr, p: librosa.yin(y, sr=sr, **(RANGE | p)),
        goldens=[
            ("voice", 6000, 22050, {}),
            ("voice", 6000, 44100, {"fmin": 80, "fmax": 500, "frame_length": 1801, "trough_threshold": 0.3, "pad_mode": "reflect"}),
            ("tone", 5000, 16000, {"frame_length": 1500, "hop_length": 300, "center": False}),
            ("silence", 3000, 22050, {}),
        ]),
    "feature.pyin": Plugin(
        pyin, pyin_values, rules={"rounding": ROUNDING},
        frames="the path is the largest of sums of logarithms, and sums that differ by less than their rounding decide it",
        goldens=[
            ("voice", 9000, 22050, {}),
            ("voice", 6000, 44100, {"fmin": 80, "fmax": 500, "frame_length": 1801, "hop_length": 200, "resolution": 0.25, "fill_na": -1}),
            ("tone", 5000, 16000, {"n_thresholds": 20, "boltzmann_parameter": 0.5, "switch_prob": 0.2, "no_trough_prob": 0.1}),
            ("voice", 3000, 22050, {"beta_parameters": [1, 1], "max_transition_rate": 5}),
        ]),
    "feature.piptrack": Plugin(
        piptrack, piptrack_values,
        frames="a bin is a peak where its magnitude is above its neighbours', which the last bit of equal ones decides",
        goldens=[
            ("voice", 3000, 22050, {"n_fft": 512}),
            ("voice", 3000, 22050, {"n_fft": 256, "output": "magnitudes", "ref": 0.01, "fmin": 0, "fmax": 11025}),
            ("tone", 2000, 44100, {"n_fft": 513, "hop_length": 200, "threshold": 0.01}),
        ]),
    "feature.estimate_tuning": Plugin(
        estimate_tuning, tuning_values,
        rules={"fullest": Rule(
            "The tuning is the fullest of a histogram's bins. Ours is as full as librosa's, but for peaks that one unit in the last "
            "place of librosa's logarithm in single precision moves across an edge.", fullest)},
        goldens=[
            ("voice", 9000, 22050, {}),
            ("voice", 9000, 44100, {"n_fft": 4096, "resolution": 0.1, "bins_per_octave": 24, "fmin": 80}),
            ("silence", 3000, 22050, {}),
        ]),
}
