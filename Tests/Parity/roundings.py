"""NumPy's Fourier transform with other roundings, handed to librosa: what its own results make of them."""

import librosa
import numpy as np

from plugin import error


class NoisyTransform:
    """NumPy's transform with an error as large as its own: eps / 2 of a frame's mean magnitude."""

    irfft = staticmethod(np.fft.irfft)

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def rfft(self, x, axis):
        X = np.fft.rfft(x, axis=axis)
        level = 1.1e-16 * np.sqrt(np.mean(np.abs(X) ** 2, axis=axis, keepdims=True))
        return X + level * (self.rng.standard_normal(X.shape) + 1j * self.rng.standard_normal(X.shape))


class CancelledBins(NoisyTransform):
    """NumPy's transform with another rounding in the bins that cancel, those below 1e-14 of a frame's mean magnitude."""

    def rfft(self, x, axis):
        X = np.fft.rfft(x, axis=axis)
        level = np.sqrt(np.mean(np.abs(X) ** 2, axis=axis, keepdims=True))
        turn = self.rng.choice([1, -1, self.rng.choice([1j, -1j])], X.shape)
        return np.where(np.abs(X) < 1e-14 * level, 1e-16 * level * turn, X)


def moves(transform, reference, ours, theirs, runs=16):
    """Whether the reference moves by a third of the difference or more in one of some runs."""
    try:
        for seed in range(runs):
            librosa.set_fftlib(transform(seed))
            if error(reference(), theirs) >= error(ours, theirs) / 3:
                return True
        return False
    finally:
        librosa.set_fftlib(None)
