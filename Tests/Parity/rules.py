"""The reasons for which a case may differ by more than the limit, each checked on the very case.

A rule returns true only when it explains the difference: it computes what librosa would have given, had one rounding of its own
gone the other way, and compares that with ours.
"""

import contextlib

import librosa
import numpy as np

import reference

LIMIT = 1e-4

TEXTS = {
    "tuning": "librosa estimates the tuning as the fullest of 100 histogram bins. Ours is librosa's chroma with another of the "
    "bins that hold as many peaks but for two: the last bit of a pitch decides between them.",
    "zero": "The MFCCs hardly change, so that their derivative is the rounding of 0: below 1e-5 of the MFCCs on both sides.",
    "input": "A derivative much smaller than the MFCCs it is taken of. These agree, and ours is librosa's derivative of our MFCCs.",
    "angle": "librosa adds up phases in float32, and one last bit of an angle moves such a sum by a rounding step of the sum. Which "
    "last bit NumPy's arctan2 gives depends on the processor. Ours is what librosa gives where NumPy rounds angles correctly.",
}


def error(ours, theirs):
    """The largest difference relative to the largest magnitude of theirs; infinite where shapes differ."""
    if ours.shape != theirs.shape:
        return float("inf")
    if theirs.size == 0:
        return 0.0
    both = ~np.isfinite(theirs) & ~np.isfinite(ours)
    ours, theirs = np.where(both, 0, ours).astype(np.float64), np.where(both, 0, theirs).astype(np.float64)
    largest = np.max(np.abs(theirs))
    difference = np.max(np.abs(ours - theirs))
    if not np.isfinite(difference):
        return float("inf")
    return float(difference / largest if largest > 0 else difference)


def tuning(case, path, ours, theirs, extract):
    p = dict(case["parameters"])
    if p.get("tuning") is not None:
        return False
    y, sr = librosa.load(path, sr=None)
    S, _ = reference.chroma_spectrogram(y, p)
    n_chroma = p.get("n_chroma", 12)
    pitch, magnitude = librosa.piptrack(S=S, sr=sr)
    threshold = np.median(magnitude[pitch > 0]) if (pitch > 0).any() else 0
    chosen = pitch[(magnitude >= threshold) & (pitch > 0)]
    residual = np.mod(n_chroma * librosa.hz_to_octs(chosen), 1.0)
    residual[residual >= 0.5] -= 1.0
    counts, edges = np.histogram(residual, bins=np.linspace(-0.5, 0.5, 101))
    near = edges[:-1][counts >= counts.max() - 2]
    return any(error(ours, reference.chroma(y, sr, p | {"tuning": float(t)})) <= LIMIT for t in near)


def zero(case, path, ours, theirs, extract):
    y, sr = librosa.load(path, sr=None)
    floor = 1e-5 * np.max(np.abs(librosa.feature.mfcc(y=y, sr=sr, **case["parameters"]["of"])))
    return ours.shape == theirs.shape and max(np.max(np.abs(ours)), np.max(np.abs(theirs))) <= floor


def input_of_delta(case, path, ours, theirs, extract):
    p = dict(case["parameters"])
    of = p.pop("of")
    y, sr = librosa.load(path, sr=None)
    mfcc = extract({"use": "feature.mfcc", "parameters": of}, path)
    agree = error(mfcc, librosa.feature.mfcc(y=y, sr=sr, **of)) <= LIMIT / 10
    return agree and error(ours, librosa.feature.delta(mfcc, **p)) <= LIMIT / 10


@contextlib.contextmanager
def rounded_angles():
    """np.angle of complex64, computed in double precision and rounded once."""
    original = np.angle
    np.angle = lambda z: np.arctan2(z.imag.astype(np.float64), z.real.astype(np.float64)).astype(np.float32)
    try:
        yield
    finally:
        np.angle = original


def angle(case, path, ours, theirs, extract):
    with rounded_angles():
        return error(ours, reference.values(case["use"], path, case["parameters"])) <= LIMIT / 5


RULES = {
    "feature.chroma_stft": {"tuning": tuning},
    "feature.delta": {"zero": zero, "input": input_of_delta},
    "augment.time_stretch": {"angle": angle},
    "augment.pitch_shift": {"angle": angle},
}


def excuse(case, path, ours, theirs, extract):
    """The name of the rule that explains the difference, or None."""
    for name, rule in RULES.get(case["use"], {}).items():
        if rule(case, path, ours, theirs, extract):
            return name
    return None
