"""What librosa computes for a case."""

import warnings

import librosa
import numpy as np

warnings.simplefilter("ignore")
INFINITE = {"inf": np.inf, "-inf": -np.inf}


def arguments(p):
    """Parameters as librosa takes them: windows as tuples, infinite norms as numbers."""
    p = dict(p)
    if isinstance(p.get("window"), list):
        p["window"] = tuple(p["window"])
    for name in ("norm", "mel_norm"):
        if isinstance(p.get(name), str):
            p[name] = INFINITE.get(p[name], p[name])
    return p


def chroma_spectrogram(y, p):
    """The spectrogram that chroma is fed, and what remains of the parameters."""
    p = arguments(p)
    power = p.pop("power", 2)
    names = ("hop_length", "win_length", "window", "center", "pad_mode")
    options = {"hop_length": 512} | {k: p.pop(k) for k in names if k in p}
    S = np.abs(librosa.stft(y, n_fft=p.get("n_fft", 2048), **options)) ** power
    return S, p


def chroma(y, sr, p):
    if p.get("power", 2) == 2:
        return librosa.feature.chroma_stft(y=y, sr=sr, **{k: v for k, v in arguments(p).items() if k != "power"})
    S, rest = chroma_spectrogram(y, p)
    return librosa.feature.chroma_stft(S=S, sr=sr, **rest)


def delta(y, sr, p):
    p = dict(p)
    of = p.pop("of")
    return librosa.feature.delta(librosa.feature.mfcc(y=y, sr=sr, **of), **p)


FUNCTIONS = {
    "feature.zero_crossing_rate": lambda y, sr, p: librosa.feature.zero_crossing_rate(y, **p),
    "feature.rms": lambda y, sr, p: librosa.feature.rms(y=y, **p),
    "feature.melspectrogram": lambda y, sr, p: librosa.feature.melspectrogram(y=y, sr=sr, **arguments(p)),
    "feature.mfcc": lambda y, sr, p: librosa.feature.mfcc(y=y, sr=sr, **arguments(p)),
    "feature.chroma_stft": chroma,
    "feature.delta": delta,
    "augment.time_stretch": lambda y, sr, p: librosa.effects.time_stretch(y, **p),
    "augment.pitch_shift": lambda y, sr, p: librosa.effects.pitch_shift(y, sr=sr, **p),
}


def loaded(path, p):
    """Magnitudes of the samples, which is what `feature.rms` gives of frames of one sample."""
    y, _ = librosa.load(path, sr=p["rate"], offset=p["offset"], duration=p["duration"], res_type=p["res_type"])
    return np.abs(y)[None, :]


def values(use, path, p):
    if use == "load":
        return loaded(path, p)
    y, sr = librosa.load(path, sr=None)
    return np.atleast_2d(FUNCTIONS[use](y, sr, p))
