"""librosa.effects."""

import librosa
import numpy as np

from draws import RESAMPLERS, some
from plugin import LIMIT, Plugin, Rule, error


def time_stretch(r, samples, rate):
    # Less than one sample is nothing to compare; ours refuses it.
    return {"rate": r.choice([0.5, 0.8, 1.25, 2, r.uniform(0.4, 3)]) if samples > 2 else 0.8}


def pitch_shift(r, samples, rate):
    p = {"n_steps": r.choice([0.7, -3, 12, -12, r.uniform(-12, 12)]) if samples > 2 else 0.7}
    some(r, p, 0.3, "bins_per_octave", [12, 24, 36])
    some(r, p, 0.3, "res_type", RESAMPLERS)
    some(r, p, 0.2, "scale", [True])
    return p


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


def again(case, y, sr):
    return np.atleast_2d(PLUGINS[case["use"]].reference(y, sr, dict(case["parameters"])))


class NoisyTransform:
    """NumPy's transform with an error as large as its own: eps / 2 of a frame's mean magnitude."""

    irfft = staticmethod(np.fft.irfft)

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def rfft(self, x, axis):
        X = np.fft.rfft(x, axis=axis)
        level = 1.1e-16 * np.sqrt(np.mean(np.abs(X) ** 2, axis=axis, keepdims=True))
        return X + level * (self.rng.standard_normal(X.shape) + 1j * self.rng.standard_normal(X.shape))


def last_bits(case, y, sr, ours, theirs, extract):
    try:
        for seed in range(16):
            librosa.set_fftlib(NoisyTransform(seed))
            if error(again(case, y, sr), theirs) >= error(ours, theirs) / 3:
                return True
        return False
    finally:
        librosa.set_fftlib(None)


def fused(x, y, z):
    return (x.astype(np.float64) * y + z).astype(np.float32)


def angle(case, y, sr, ours, theirs, extract):
    original = np.angle
    np.angle = our_angles
    try:
        return error(ours, again(case, y, sr)) <= LIMIT / 5
    finally:
        np.angle = original


# Our angles follow NumPy's on processors with AVX-512; elsewhere NumPy asks the C library, whose last bits are others.
FOLLOWED = np._core._multiarray_umath.__cpu_features__.get("AVX512_SKX")
PHASES = {
    "lengths": (5000, 60_000),  # phases add up: their rounding shows only over seconds
    "share": 0.1 if FOLLOWED else 0.25,
    "golden_limit": 1e-4,
    "rules": {
        "angle": Rule("librosa adds up phases in float32, and one last bit of an angle moves such a sum by a rounding step of the sum. "
    "NumPy's arctan2 gives other last bits on other processors. Ours follows the one for AVX-512 in 99 of 100 bits. The output "
    "is librosa's when np.angle is given our angles, all within 4 units in the last place of the true ones.", angle),
        "transform": Rule("The same, where the last bit is one of the Fourier transform: librosa itself moves by a third of the difference or "
    "more in one of 16 runs with errors of half a unit of double precision in its transform.", last_bits),
    },
}

PLUGINS = {
    "augment.time_stretch": Plugin(
        time_stretch, lambda y, sr, p: librosa.effects.time_stretch(y, **p), **PHASES, timed={"rate": 0.8},
        goldens=[
            ("voice", 3000, 22050, {"rate": 0.8}),
            ("voice", 6000, 22050, {"rate": 2.5}),
            ("tone", 100, 22050, {"rate": 0.5}),
            ("click", 9000, 22050, {"rate": 0.5}),
        ]),
    "augment.pitch_shift": Plugin(
        pitch_shift, lambda y, sr, p: librosa.effects.pitch_shift(y, sr=sr, **p), **PHASES, timed={"n_steps": 0.7},
        goldens=[
            ("voice", 3000, 22050, {"n_steps": 0.7}),
            ("voice", 2000, 22050, {"n_steps": -7, "bins_per_octave": 24, "scale": True}),
        ]),
}
