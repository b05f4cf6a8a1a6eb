"""Writes features.json and effects.json: what librosa computes for signals that Swift makes by the same formula.

    pip install librosa==0.11.0 numpy==2.4.6 scipy==1.17.1 soxr==1.1.0
    python make_features.py
"""

import json
import pathlib

import librosa
import numpy as np


def signal(kind, count, rate):
    """Two tones and a little noise of a linear congruential generator; a pure tone; a click; a constant."""
    t = np.arange(count) / rate
    if kind == "voice":
        state, noise = 1, np.empty(count)
        for i in range(count):
            state = (state * 1664525 + 1013904223) % 2**32
            noise[i] = state / 2**31 - 1
        y = 0.4 * np.sin(2 * np.pi * 221.5 * t) + 0.2 * np.sin(2 * np.pi * 1330 * t) + 0.05 * noise
    elif kind == "tone":
        y = 0.5 * np.sin(2 * np.pi * 440 * t)
    elif kind == "click":
        y = np.where(np.arange(count) == count // 2, 1.0, 0.0)
    else:
        y = np.full(count, 0.25)
    return y.astype(np.float32)


def rounded(values):
    return [float(f"{v:.9g}") for v in np.asarray(values, dtype=np.float64).ravel()]


def tuples(p):
    p = {k: tuple(v) if isinstance(v, list) else v for k, v in p.items()}
    return {k: {"inf": np.inf, "-inf": -np.inf}.get(v, v) if k in ("norm", "mel_norm") else v for k, v in p.items()}


def chroma(y, sr, power=2, **p):
    if power == 2:
        return librosa.feature.chroma_stft(y=y, sr=sr, **p)
    S = np.abs(librosa.stft(y, n_fft=p.get("n_fft", 2048), hop_length=p.pop("hop_length", 512))) ** power
    return librosa.feature.chroma_stft(S=S, sr=sr, **p)


FEATURES = {
    "feature.zero_crossing_rate": lambda y, sr, p: librosa.feature.zero_crossing_rate(y, **p),
    "feature.rms": lambda y, sr, p: librosa.feature.rms(y=y, **p),
    "feature.melspectrogram": lambda y, sr, p: librosa.feature.melspectrogram(y=y, sr=sr, **p),
    "feature.mfcc": lambda y, sr, p: librosa.feature.mfcc(y=y, sr=sr, **p),
    "feature.chroma_stft": lambda y, sr, p: chroma(y, sr, **p),
}
FEATURE_CASES = [
    ("feature.zero_crossing_rate", "voice", 3000, 22050, {}),
    ("feature.zero_crossing_rate", "voice", 3000, 22050, {"frame_length": 301, "hop_length": 700, "center": False, "pad": True}),
    ("feature.zero_crossing_rate", "click", 900, 8000, {"frame_length": 100, "hop_length": 50, "zero_pos": False}),
    ("feature.rms", "voice", 3000, 22050, {}),
    ("feature.rms", "voice", 3000, 22050, {"frame_length": 301, "hop_length": 700, "center": False}),
    ("feature.rms", "voice", 1, 22050, {"frame_length": 16, "hop_length": 4, "pad_mode": "edge"}),
    ("feature.rms", "voice", 500, 22050, {"frame_length": 2000, "pad_mode": "reflect"}),
    ("feature.rms", "voice", 500, 22050, {"frame_length": 600, "pad_mode": "wrap"}),
    ("feature.rms", "voice", 500, 22050, {"frame_length": 600, "pad_mode": "linear_ramp"}),
    ("feature.melspectrogram", "voice", 2600, 22050, {}),
    ("feature.melspectrogram", "voice", 1, 22050, {"n_mels": 20}),
    ("feature.melspectrogram", "voice", 2000, 8000, {"n_fft": 513, "hop_length": 700, "win_length": 400, "window": "hamming", "center": False, "power": 1, "n_mels": 24, "htk": True, "norm": None}),
    ("feature.melspectrogram", "voice", 2000, 48000, {"n_fft": 400, "hop_length": 900, "window": ["kaiser", 8.6], "pad_mode": "reflect", "power": 1.5, "n_mels": 24, "fmin": 50, "fmax": 7000, "norm": 1}),
    ("feature.melspectrogram", "voice", 2000, 16000, {"n_fft": 256, "hop_length": 600, "window": "boxcar", "pad_mode": "linear_ramp", "n_mels": 24, "norm": "inf"}),
    ("feature.melspectrogram", "tone", 3000, 44100, {"n_fft": 512, "hop_length": 1100, "center": False, "n_mels": 12, "fmin": 6000, "fmax": 12000}),
    ("feature.mfcc", "voice", 2600, 22050, {}),
    ("feature.mfcc", "voice", 2000, 16000, {"n_fft": 512, "hop_length": 600, "n_mels": 40, "n_mfcc": 13, "lifter": 22, "htk": True}),
    ("feature.mfcc", "voice", 2000, 16000, {"n_fft": 512, "hop_length": 600, "n_mels": 40, "n_mfcc": 13, "dct_type": 3, "norm": None, "mel_norm": 2}),
    ("feature.mfcc", "voice", 2000, 16000, {"n_fft": 512, "hop_length": 600, "n_mels": 40, "n_mfcc": 40, "dct_type": 1}),
    ("feature.mfcc", "tone", 4096, 11025, {"window": ["gaussian", 80.0], "center": False, "power": 1, "n_mels": 2, "n_mfcc": 2, "fmin": 50, "htk": True}),
    ("feature.mfcc", "silence", 2000, 16000, {"n_fft": 512, "hop_length": 600, "n_mels": 40, "n_mfcc": 13}),
    ("feature.chroma_stft", "voice", 3000, 22050, {}),
    ("feature.chroma_stft", "voice", 3000, 22050, {"power": 1}),
    ("feature.chroma_stft", "voice", 3000, 22050, {"power": 1, "n_fft": 1025, "hop_length": 400}),
    ("feature.chroma_stft", "voice", 3000, 44100, {"n_chroma": 24, "octwidth": None, "norm": 2, "base_c": False}),
    ("feature.chroma_stft", "voice", 3000, 44100, {"n_fft": 4096, "tuning": 0.3, "ctroct": 4, "norm": None}),
    ("feature.chroma_stft", "voice", 2, 22050, {"n_fft": 64, "hop_length": 16}),
]
DELTA_CASES = [
    (30, {}), (30, {"width": 5, "order": 2, "mode": "nearest"}), (30, {"width": 7, "order": 1, "mode": "mirror"}),
    (30, {"width": 7, "order": 3, "mode": "wrap"}), (3, {"width": 9, "order": 1, "mode": "constant"}),
]
EFFECTS = {
    "augment.time_stretch": lambda y, sr, p: librosa.effects.time_stretch(y, **p),
    "augment.pitch_shift": lambda y, sr, p: librosa.effects.pitch_shift(y, sr=sr, **p),
}
EFFECT_CASES = [
    ("augment.time_stretch", "voice", 3000, 22050, {"rate": 0.8}),
    ("augment.time_stretch", "voice", 6000, 22050, {"rate": 2.5}),
    ("augment.time_stretch", "tone", 100, 22050, {"rate": 0.5}),
    ("augment.time_stretch", "click", 9000, 22050, {"rate": 0.5}),
    ("augment.pitch_shift", "voice", 3000, 22050, {"n_steps": 0.7}),
    ("augment.pitch_shift", "voice", 2000, 22050, {"n_steps": -7, "bins_per_octave": 24, "scale": True}),
]


def cases(functions, table):
    for use, kind, count, rate, parameters in table:
        y = signal(kind, count, rate) if kind != "silence" else np.zeros(count, np.float32)
        values = np.atleast_2d(functions[use](y, rate, tuples(dict(parameters))))
        yield {
            "use": use, "signal": kind, "count": count, "rate": rate, "parameters": parameters,
            "bins": values.shape[0], "values": rounded(values),
        }


def deltas():
    for count, parameters in DELTA_CASES:
        y = signal("voice", 2 * count, 22050).reshape(2, count)
        values = librosa.feature.delta(y, **parameters)
        yield {
            "use": "feature.delta", "signal": "voice", "count": 2 * count, "rate": 22050, "parameters": parameters,
            "bins": 2, "values": rounded(values),
        }


def write(name, items):
    text = "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in items) + "\n]\n"
    pathlib.Path(__file__).with_name(name).write_text(text)


write("features.json", [*cases(FEATURES, FEATURE_CASES), *deltas()])
write("effects.json", list(cases(EFFECTS, EFFECT_CASES)))
