"""Features that read another feature."""

import librosa
import numpy as np

from draws import some
from plugin import LIMIT, Plugin, Rule, error


def delta(r, samples, rate):
    """The delta's own parameters, and those of the MFCC that it reads."""
    width = r.choice([3, 5, 7, 9, 11, 25])
    p = {"width": width, "order": r.randint(1, min(width - 1, 5))}
    p["mode"] = r.choice(["interp", "nearest", "mirror", "constant", "wrap"])
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
        ]),
}
