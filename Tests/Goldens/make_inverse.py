"""Writes inverse.json: what librosa makes of small spectrograms by griffinlim, mfcc_to_mel and mel_to_stft.

    pip install librosa==0.11.0 numpy==2.4.6 scipy==1.17.1
    python make_inverse.py
"""

import json
import pathlib

import librosa
import numpy as np

inverse = librosa.feature.inverse


def numbers(matrix):
    """Frame after frame."""
    return [float(f"{v:.7g}") for v in np.asarray(matrix, dtype=np.float64).T.ravel()]


def wave(count):
    """Two tones and a little noise of a linear congruential generator."""
    state, noise = 1, np.empty(count)
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        noise[i] = state / 2**31 - 1
    t = np.arange(count) / 8000
    return (0.4 * np.sin(2 * np.pi * 221.5 * t) + 0.2 * np.sin(2 * np.pi * 1330 * t) + 0.05 * noise).astype(np.float32)


y = wave(600)
S = np.abs(librosa.stft(y, n_fft=128, hop_length=32))
searches = [
    {"n_iter": n, "momentum": m, "samples": numbers(librosa.griffinlim(S, n_iter=n, momentum=m, init=None, hop_length=32, length=600))}
    for n, m in [(0, 0.99), (1, 0.99), (3, 0.99), (2, 0.0)]
]

cepstra = []
C = librosa.feature.mfcc(y=y, sr=8000, n_fft=256, hop_length=200, n_mels=24, n_mfcc=10)
for kind, norm, lifter in [(2, "ortho", 0), (2, None, 0), (3, "ortho", 22), (1, None, 0), (2, "ortho", 30)]:
    scale = 1 if norm == "ortho" else 30
    mel = inverse.mfcc_to_mel(C * scale, n_mels=24, dct_type=kind, norm=norm, lifter=lifter)
    cepstra.append({"dct_type": kind, "norm": norm, "lifter": lifter, "coefficients": numbers(C * scale), "bands": numbers(mel)})

# Bands with a spectrum, and bands that no spectrum has; what is left over is compared, since many spectra are as good.
bands = []
rng = np.random.default_rng(1)
for n_mels, n_fft in [(40, 512), (24, 256), (64, 256)]:
    A = librosa.filters.mel(sr=8000, n_fft=n_fft, n_mels=n_mels).astype(np.float64)
    for name, M in [("of a spectrum", A @ rng.random((A.shape[1], 3)) ** 6), ("at random", rng.random((n_mels, 3)))]:
        X = inverse.mel_to_stft(M, sr=8000, n_fft=n_fft, power=1.0)
        best = np.stack([librosa.util.nnls(A, column) for column in M.T], axis=1)
        left = lambda X: [float(v) for v in np.linalg.norm(A @ X - M, axis=0) / np.linalg.norm(M, axis=0)]  # noqa: E731
        bands.append({
            "name": name, "n_mels": n_mels, "n_fft": n_fft, "bands": numbers(M), "librosa": left(X), "least": left(best),
        })

golden = {"wave": numbers(y[:, None].T), "searches": searches, "cepstra": cepstra, "bands": bands}
(pathlib.Path(__file__).parent / "inverse.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
