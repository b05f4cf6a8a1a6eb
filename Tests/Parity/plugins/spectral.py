"""Features of the spectrum's level and shape."""

import librosa

from draws import ALL_PADS, NORMS, arguments, framing, mel, some
from plugin import Plugin


def melspectrogram(r, samples, rate):
    p = mel(r, samples)
    some(r, p, 0.5, "norm", NORMS + ["slaney"])
    return p


def mfcc(r, samples, rate):
    p = mel(r, samples)
    bands = p.get("n_mels", 128)
    if r.random() < 0.7 or bands < 20:
        p["n_mfcc"] = r.randint(1, bands)
    some(r, p, 0.5, "dct_type", [1, 2, 3] if bands > 1 else [2])
    some(r, p, 0.4, "norm", [None, "ortho"])
    some(r, p, 0.4, "lifter", [0, 10.5, 22])
    some(r, p, 0.4, "mel_norm", NORMS + ["slaney"])
    return p


def rms(r, samples, rate):
    return framing(r, samples) | {"pad_mode": r.choice(ALL_PADS)}


def zero_crossing_rate(r, samples, rate):
    return framing(r, samples) | {
        "threshold": r.choice([1e-10, 0, 0.01, 0.1]), "zero_pos": r.random() < 0.6, "pad": r.random() < 0.5,
    }


PLUGINS = {
    "feature.zero_crossing_rate": Plugin(
        zero_crossing_rate, lambda y, sr, p: librosa.feature.zero_crossing_rate(y, **p),
        goldens=[
            ("voice", 3000, 22050, {}),
            ("voice", 3000, 22050, {"frame_length": 301, "hop_length": 700, "center": False, "pad": True}),
            ("click", 900, 8000, {"frame_length": 100, "hop_length": 50, "zero_pos": False}),
        ]),
    "feature.rms": Plugin(
        rms, lambda y, sr, p: librosa.feature.rms(y=y, **p),
        goldens=[
            ("voice", 3000, 22050, {}),
            ("voice", 3000, 22050, {"frame_length": 301, "hop_length": 700, "center": False}),
            ("voice", 1, 22050, {"frame_length": 16, "hop_length": 4, "pad_mode": "edge"}),
            ("voice", 500, 22050, {"frame_length": 2000, "pad_mode": "reflect"}),
            ("voice", 500, 22050, {"frame_length": 600, "pad_mode": "wrap"}),
            ("voice", 500, 22050, {"frame_length": 600, "pad_mode": "linear_ramp"}),
        ]),
    "feature.melspectrogram": Plugin(
        melspectrogram, lambda y, sr, p: librosa.feature.melspectrogram(y=y, sr=sr, **arguments(p)),
        goldens=[
            ("voice", 2600, 22050, {}),
            ("voice", 1, 22050, {"n_mels": 20}),
            ("voice", 2000, 8000, {"n_fft": 513, "hop_length": 700, "win_length": 400, "window": "hamming", "center": False, "power": 1, "n_mels": 24, "htk": True, "norm": None}),
            ("voice", 2000, 48000, {"n_fft": 400, "hop_length": 900, "window": ["kaiser", 8.6], "pad_mode": "reflect", "power": 1.5, "n_mels": 24, "fmin": 50, "fmax": 7000, "norm": 1}),
            ("voice", 2000, 16000, {"n_fft": 256, "hop_length": 600, "window": "boxcar", "pad_mode": "linear_ramp", "n_mels": 24, "norm": "inf"}),
            ("tone", 3000, 44100, {"n_fft": 512, "hop_length": 1100, "center": False, "n_mels": 12, "fmin": 6000, "fmax": 12000}),
        ]),
    "feature.mfcc": Plugin(
        mfcc, lambda y, sr, p: librosa.feature.mfcc(y=y, sr=sr, **arguments(p)),
        goldens=[
            ("voice", 2600, 22050, {}),
            ("voice", 2000, 16000, {"n_fft": 512, "hop_length": 600, "n_mels": 40, "n_mfcc": 13, "lifter": 22, "htk": True}),
            ("voice", 2000, 16000, {"n_fft": 512, "hop_length": 600, "n_mels": 40, "n_mfcc": 13, "dct_type": 3, "norm": None, "mel_norm": 2}),
            ("voice", 2000, 16000, {"n_fft": 512, "hop_length": 600, "n_mels": 40, "n_mfcc": 40, "dct_type": 1}),
            ("tone", 4096, 11025, {"window": ["gaussian", 80.0], "center": False, "power": 1, "n_mels": 2, "n_mfcc": 2, "fmin": 50, "htk": True}),
            ("silence", 2000, 16000, {"n_fft": 512, "hop_length": 600, "n_mels": 40, "n_mfcc": 13}),
        ]),
}
