"""The reasons for which a case may differ by more than the limit, each checked on the very case.

A rule returns true only when it explains the difference: it computes what librosa would have given, had one rounding of its own
gone the other way, and compares that with ours.
"""

import librosa
import numpy as np

import reference

LIMIT = 1e-4

TEXTS = {
    "tuning": "librosa estimates the tuning as the fullest of 100 histogram bins, which count the spectral peaks above their median. "
    "Ours is librosa's chroma with another bin, and either that bin holds as many peaks but for two (or for those within 1e-6 of "
    "the median), or librosa's own estimate changes when its spectrogram is changed by 1e-7 of itself: the last bit decides.",
    "zero": "The MFCCs hardly change, so that their derivative is the rounding of 0: below 1e-5 of the MFCCs on both sides.",
    "input": "A derivative much smaller than the MFCCs it is taken of, which librosa takes in float32. The MFCCs agree within 1e-5, and "
    "ours is within 1e-5 librosa's derivative of our MFCCs when these are handed over in float64.",
    "angle": "librosa adds up phases in float32, and one last bit of an angle moves such a sum by a rounding step of the sum. "
    "NumPy's arctan2 gives other last bits on other processors. Ours follows the one for AVX-512 in 99 of 100 bits. The output "
    "is librosa's when np.angle is given our angles, all within 4 units in the last place of the true ones.",
    "transform": "The same, where the last bit is one of the Fourier transform: librosa itself moves by a third of the difference or "
    "more in one of 16 runs with errors of half a unit of double precision in its transform.",
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

    def counts(least):
        residual = np.mod(n_chroma * librosa.hz_to_octs(pitch[(magnitude >= least) & (pitch > 0)]), 1.0)
        residual[residual >= 0.5] -= 1.0
        return np.histogram(residual, bins=np.linspace(-0.5, 0.5, 101))

    most, edges = counts(threshold * (1 - 1e-6))
    fewest, _ = counts(threshold * (1 + 1e-6))
    near = edges[:-1][most >= max(1, fewest.max() - 2)]

    def is_ours(tunings):
        return any(error(ours, reference.chroma(y, sr, p | {"tuning": float(t)})) <= LIMIT for t in tunings)

    return is_ours(near) or (is_undetermined(S, sr, n_chroma) and is_ours(edges[:-1]))


def is_undetermined(S, sr, n_chroma):
    """Whether librosa's own estimate changes when its spectrogram changes by roundings."""
    rng = np.random.default_rng(1)
    noisy = (S * (1 + 1e-7 * rng.standard_normal(S.shape)).astype(S.dtype) for _ in range(8))
    estimates = {librosa.estimate_tuning(S=s, sr=sr, bins_per_octave=n_chroma) for s in noisy}
    return len(estimates) > 1


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
    return agree and error(ours, librosa.feature.delta(mfcc.astype(np.float64), **p)) <= LIMIT / 10


def our_angles(z):
    """np.angle as our code computes it in single precision: a polynomial of the quotient, the last steps fused."""
    one, x, y = np.float32(1), z.real.astype(np.float32), z.imag.astype(np.float32)
    a, b = np.abs(x), np.abs(y)
    steep, large = b > a, np.maximum(a, b)
    q = np.where(steep, -a, b) / np.where(large == 0, one, large)
    w = (q * q) * (q * q)
    c = [np.float32(v) for v in (0.0027187716, 0.041934412, 0.1061487, -0.01557307, -0.074444123, -0.14197528)]
    even = fused((c[0] * w + c[1]) * w + c[2], w, np.float32(0.1999192))
    odd = fused((c[3] * w + c[4]) * w + c[5], w, np.float32(-0.33333042))
    angle = fused(fused(odd, q * q, fused(even, w, one)), q, np.where(steep, np.float32(np.pi / 2), np.float32(0)))
    angle = np.copysign(np.where(np.signbit(x), np.float32(np.pi) - angle, angle), y)
    true = np.arctan2(y.astype(np.float64), x.astype(np.float64))
    assert np.all(np.abs(angle - true) <= 4 * np.spacing(np.abs(angle))), "an angle of ours is wrong"
    return angle


class NoisyTransform:
    """NumPy's transform with an error as large as its own: eps / 2 of a frame's mean magnitude."""

    irfft = staticmethod(np.fft.irfft)

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def rfft(self, x, axis):
        X = np.fft.rfft(x, axis=axis)
        level = 1.1e-16 * np.sqrt(np.mean(np.abs(X) ** 2, axis=axis, keepdims=True))
        return X + level * (self.rng.standard_normal(X.shape) + 1j * self.rng.standard_normal(X.shape))


def transform(case, path, ours, theirs, extract):
    try:
        for seed in range(16):
            librosa.set_fftlib(NoisyTransform(seed))
            if error(reference.values(case["use"], path, case["parameters"]), theirs) >= error(ours, theirs) / 3:
                return True
        return False
    finally:
        librosa.set_fftlib(None)


def fused(x, y, z):
    return (x.astype(np.float64) * y + z).astype(np.float32)


def angle(case, path, ours, theirs, extract):
    original = np.angle
    np.angle = our_angles
    try:
        return error(ours, reference.values(case["use"], path, case["parameters"])) <= LIMIT / 5
    finally:
        np.angle = original


RULES = {
    "feature.chroma_stft": {"tuning": tuning},
    "feature.delta": {"zero": zero, "input": input_of_delta},
    "augment.time_stretch": {"angle": angle, "transform": transform},
    "augment.pitch_shift": {"angle": angle, "transform": transform},
}


def excuse(case, path, ours, theirs, extract):
    """The name of the rule that explains the difference, or None."""
    for name, rule in RULES.get(case["use"], {}).items():
        if rule(case, path, ours, theirs, extract):
            return name
    return None
