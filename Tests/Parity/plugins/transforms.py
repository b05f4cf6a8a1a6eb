"""Features that read another feature."""

import librosa
import numpy as np
import scipy

from draws import ALL_PADS, NORMS, arguments, some
from plugin import LIMIT, Plugin, Rule, error

REFERENCES = {"max": np.max, "mean": np.mean, "median": np.median, "min": np.min}
AXES = {"bins": 0, "frames": 1, "all": None}
METRICS = ["euclidean", "sqeuclidean", "manhattan", "chebyshev", "cosine"]
BANDWIDTHS = [None, "med_k_scalar", "mean_k", "gmean_k", "mean_k_avg", "gmean_k_avg", "mean_k_avg_and_pair", 3.5]
# Of what there is something to compare.
LIVELY = ["tone", "chirp", "clicks", "noise", "mix", "offset"]


def delta(r, samples, rate):
    """The delta's own parameters, and those of the MFCC that it reads."""
    width = r.choice([3, 5, 7, 9, 11, 25])
    p = {"width": width, "order": r.randint(1, min(width - 1, 5))}
    p["mode"] = r.choice(["interp", "nearest", "mirror", "constant", "wrap"])
    some(r, p, 0.3, "polyorder", list(range(p["order"], min(width, 6))))
    some(r, p, 0.3, "cval", [5, -100])
    of = {"hop_length": r.randint(64, 512)}
    some(r, of, 0.5, "n_mfcc", [1, 13, 40])
    frames = 1 + samples // of["hop_length"]
    if p["mode"] == "interp" and frames < width:
        p["mode"] = "nearest"
    return p | {"of": of}


def of_mfcc(case, y, sr):
    return librosa.feature.mfcc(y=y, sr=sr, **case["parameters"]["of"])


def zero(case, y, sr, ours, theirs, extract):
    floor = 1e-5 * np.max(np.abs(of_mfcc(case, y, sr)))
    return ours.shape == theirs.shape and max(np.max(np.abs(ours)), np.max(np.abs(theirs))) <= floor


def small(case, y, sr, ours, theirs, extract):
    p = {k: v for k, v in case["parameters"].items() if k != "of"}
    mfcc = extract({"use": "feature.mfcc", "parameters": case["parameters"]["of"]})
    agree = error(mfcc, of_mfcc(case, y, sr)) <= LIMIT / 10
    return agree and error(ours, librosa.feature.delta(mfcc.astype(np.float64), **p)) <= LIMIT / 10


def matrix(r, samples):
    """The parameters of an MFCC or a mel spectrogram to read."""
    of = {"hop_length": r.randint(64, 512)}
    some(r, of, 0.5, "n_mels", [20, 40, 64])
    return of


def stack_memory(r, samples, rate):
    p = {"of": matrix(r, samples)}
    some(r, p, 0.7, "n_steps", [1, 2, 3, 7, 30])
    some(r, p, 0.7, "delay", [1, 2, 5, -1, -3, r.randint(1, 40)])
    some(r, p, 0.7, "mode", ALL_PADS)
    if p.get("mode", "constant") == "constant":
        some(r, p, 0.4, "constant_values", [-3.5, 10])
    return p


def power_to_db(r, samples, rate):
    p = {"of": matrix(r, samples)}
    some(r, p, 0.6, "ref", [1, 0.01, -20, *REFERENCES])
    some(r, p, 0.5, "amin", [1e-10, 1e-5, 1e-20, 0.1])
    some(r, p, 0.5, "top_db", [None, 0, 20, 60, 200])
    return p


def amplitude_to_db(r, samples, rate):
    p = power_to_db(r, samples, rate)
    if p.get("amin") == 1e-20:
        p["amin"] = 1e-18
    return p


def nothing(case, y, sr, ours, theirs, extract):
    return ours.shape == theirs.shape and max(np.max(np.abs(ours)), np.max(np.abs(theirs))) <= 1e-5


NOTHING = Rule("Everything is 0 dB but for rounding: below 1e-5 dB on both sides.", nothing)


def decibels(function):
    def of(matrix, p):
        return function(matrix, **(p | {"ref": REFERENCES.get(p.get("ref"), p.get("ref", 1.0))}))

    return of


def normalize(r, samples, rate):
    p = {"of": matrix(r, samples)}
    some(r, p, 0.8, "norm", NORMS)
    some(r, p, 0.6, "axis", list(AXES))
    some(r, p, 0.4, "threshold", [1e-6, 1, 100, 1000])
    if p.get("norm") != 0:
        some(r, p, 0.5, "fill", [None, False, True])
    else:
        some(r, p, 0.5, "fill", [None, False])
    return p


def nn_filter(r, samples, rate):
    of = {"hop_length": r.randint(1 + samples // 200, 1 + samples // 20)}
    some(r, of, 0.7, "n_mfcc", [13, 20, 40])
    p = {"of": of}
    some(r, p, 0.2, "axis", ["bins"])
    points = of.get("n_mfcc", 20) if p.get("axis") == "bins" else 1 + samples // of["hop_length"]
    some(r, p, 0.5, "k", [1, 3, 10, r.randint(1, 2 * points)])
    some(r, p, 0.5, "width", [1, 2, min(5, (points - 1) // 2 - 1)])
    some(r, p, 0.5, "metric", METRICS)
    some(r, p, 0.6, "mode", ["connectivity", "distance", "affinity"])
    some(r, p, 0.5, "bandwidth", BANDWIDTHS)
    some(r, p, 0.6, "aggregate", ["mean", "median", "average", "max", "min"])
    some(r, p, 0.3, "self", [True])
    # Estimates other than the median refuse frames without neighbours.
    if p.get("bandwidth") in (None, "med_k_scalar"):
        some(r, p, 0.3, "sym", [True])
    some(r, p, 0.2, "full", [True])
    return p


def librosa_nn_filter(matrix, p):
    p = dict(p)
    axis = {"bins": 0, "frames": -1}[p.pop("axis", "frames")]
    return librosa.decompose.nn_filter(matrix, axis=axis, aggregate=getattr(np, p.pop("aggregate", "mean")), **p)


def input_of(use):
    """Ours is what librosa makes of our input, and the inputs agree."""

    def check(case, y, sr, ours, theirs, extract):
        plugin = PLUGINS[use]
        p = {k: v for k, v in case["parameters"].items() if k != "of"}
        mine = extract({"use": plugin.of, "parameters": case["parameters"]["of"]})
        read = {"feature.mfcc": librosa.feature.mfcc, "feature.melspectrogram": librosa.feature.melspectrogram}[plugin.of]
        agree = error(mine, read(y=y, sr=sr, **case["parameters"]["of"])) <= LIMIT / 10
        return agree and error(ours, plugin.transform(mine, p)) <= LIMIT / 10

    return Rule(
        "The input agrees within 1e-5 of its largest value, and ours is within 1e-5 what librosa makes of our input: what is small in it "
        "is enlarged.", check)


def undecided(points, p):
    """Which points have as their last neighbour one of several that are equally far, as frames of digital silence are."""
    width, count = p.get("width", 1), len(points)
    k = p.get("k", 2 * int(np.ceil(np.sqrt(count - 2 * width + 1))))
    k = count if p.get("full") and p.get("mode", "connectivity") != "connectivity" else k
    metric = {"manhattan": "cityblock"}.get(p.get("metric"), p.get("metric", "euclidean"))
    distances = scipy.spatial.distance.cdist(points, points, metric)
    np.fill_diagonal(distances, np.inf)
    distances.sort(axis=1)
    last = min(count - 1, k + 2 * width)
    if last == count - 1:
        return np.zeros(count, dtype=bool)
    return distances[:, last] - distances[:, last - 1] <= 1e-7 * distances[:, 0:count - 1].max()


def neighbours(case, y, sr, ours, theirs, extract):
    """Ours is librosa's filter of our MFCCs, or within three times of what roundings of the MFCCs make of librosa's own."""
    p = {k: v for k, v in case["parameters"].items() if k != "of"}
    mfcc = of_mfcc(case, y, sr)
    mine = extract({"use": "feature.mfcc", "parameters": case["parameters"]["of"]})
    if error(mine, mfcc) > LIMIT or ours.shape != theirs.shape:
        return False
    if any(error(ours, librosa_nn_filter(m, p)) <= LIMIT for m in (mine, mine.astype(np.float64))):
        return True
    rng, allowed = np.random.default_rng(1), np.full(theirs.shape, LIMIT * np.max(np.abs(theirs)))
    if p.get("axis") != "bins":
        allowed[:, undecided(mfcc.T.astype(np.float64), p)] = np.inf
    for _ in range(8):
        noise = (1 + 1e-7 * rng.standard_normal(mfcc.shape)).astype(np.float32)
        allowed = np.maximum(allowed, 3 * np.abs(librosa_nn_filter(mfcc * noise, p) - theirs))
    return bool(np.all(np.abs(ours - theirs) <= allowed))


PLUGINS = {
    "feature.delta": Plugin(
        delta, transform=lambda matrix, p: librosa.feature.delta(matrix, **p),
        # Seldom what hardly changes: its derivative is rounding, of which there is little to compare.
        kinds=5 * ["tone", "chirp", "clicks", "noise", "mix", "offset"] + ["quiet", "silence", "tiny"],
        share=0.2,
        rules={
            "zero": Rule(
                "The MFCCs hardly change, so that their derivative is the rounding of 0: below 1e-5 of the MFCCs on both sides.", zero),
            "input": Rule(
                "A derivative much smaller than the MFCCs it is taken of, which librosa takes in float32. The MFCCs agree within 1e-5, "
                "and ours is within 1e-5 librosa's derivative of our MFCCs when these are handed over in float64.", small),
        },
        goldens=[
            ("voice", 60, 22050, {}),
            ("voice", 60, 22050, {"width": 5, "order": 2, "mode": "nearest"}),
            ("voice", 60, 22050, {"width": 7, "order": 1, "mode": "mirror"}),
            ("voice", 60, 22050, {"width": 7, "order": 3, "mode": "wrap"}),
            ("voice", 6, 22050, {"width": 9, "order": 1, "mode": "constant"}),
            ("voice", 6, 22050, {"width": 9, "order": 1, "mode": "constant", "cval": 0.5}),
            ("voice", 60, 22050, {"width": 9, "order": 1, "polyorder": 3}),
            ("voice", 60, 22050, {"width": 7, "order": 2, "polyorder": 5, "mode": "mirror"}),
        ]),
    "feature.stack_memory": Plugin(
        stack_memory, transform=lambda matrix, p: librosa.feature.stack_memory(matrix, **p),
        goldens=[
            ("voice", 20, 22050, {}),
            ("voice", 20, 22050, {"n_steps": 3, "delay": -2, "mode": "reflect"}),
            ("voice", 20, 22050, {"n_steps": 4, "delay": 5, "mode": "linear_ramp"}),
            ("voice", 6, 22050, {"n_steps": 4, "delay": 5, "mode": "symmetric"}),
            ("voice", 20, 22050, {"delay": 3, "constant_values": -2.5}),
            ("voice", 20, 22050, {"n_steps": 2, "delay": -3, "mode": "median"}),
        ]),
    "feature.power_to_db": Plugin(
        power_to_db, transform=decibels(librosa.power_to_db), of="feature.melspectrogram", kinds=LIVELY,
        rules={"nothing": NOTHING, "input": input_of("feature.power_to_db")},
        goldens=[
            ("voice", 60, 22050, {}),
            ("voice", 60, 22050, {"ref": "max", "top_db": 20}),
            ("voice", 60, 22050, {"ref": -0.5, "amin": 1e-3, "top_db": None}),
        ]),
    "feature.amplitude_to_db": Plugin(
        amplitude_to_db, transform=decibels(librosa.amplitude_to_db), of="feature.melspectrogram", kinds=LIVELY,
        rules={"nothing": NOTHING, "input": input_of("feature.amplitude_to_db")},
        goldens=[
            ("voice", 60, 22050, {}),
            ("voice", 60, 22050, {"ref": "median", "top_db": 20}),
            ("voice", 60, 22050, {"ref": 0.5, "amin": 0.1, "top_db": None}),
        ]),
    "feature.normalize": Plugin(
        normalize, transform=lambda matrix, p: librosa.util.normalize(matrix, **arguments(p | {"axis": AXES[p.get("axis", "bins")]})),
        rules={"input": input_of("feature.normalize")}, share=0.2,
        goldens=[
            ("voice", 60, 22050, {}),
            ("voice", 60, 22050, {"norm": 2, "axis": "frames"}),
            ("voice", 60, 22050, {"norm": 0.7, "axis": "all", "threshold": 0.5, "fill": True}),
            ("voice", 60, 22050, {"norm": "-inf", "threshold": 0.2, "fill": False}),
            ("voice", 60, 22050, {"norm": 1, "threshold": 0.5, "fill": True}),
        ]),
    "feature.nn_filter": Plugin(
        nn_filter, transform=librosa_nn_filter, kinds=["noise", "mix", "chirp", "offset"],
        rules={
            "neighbours": Rule(
                "Which frames are nearest is decided by distances, here of MFCCs that differ by roundings. Ours is librosa's filter of "
                "our MFCCs, as they are or handed over in float64, or within three times of what errors of 1e-7 make of librosa's own, but for "
                "frames whose last neighbour is one of several that are equally far.", neighbours),
        },
        goldens=[
            ("voice", 80, 22050, {}),
            ("voice", 80, 22050, {"k": 3, "width": 3, "mode": "affinity", "aggregate": "average", "metric": "sqeuclidean"}),
            ("voice", 80, 22050, {"k": 4, "mode": "distance", "sym": True, "aggregate": "median", "metric": "manhattan"}),
            ("voice", 80, 22050, {"k": 4, "mode": "affinity", "bandwidth": "gmean_k_avg", "self": True, "aggregate": "average"}),
        ]),
}
