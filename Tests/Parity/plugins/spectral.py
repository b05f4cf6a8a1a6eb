"""Features of the spectrum's level and shape."""

import librosa
import numpy as np

from draws import ALL_PADS, NORMS, arguments, framing, mel, some, stft
from plugin import Plugin, Rule, error
from roundings import CancelledBins, moves


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


# Windows that few features need; the others are drawn for all.
RARE_WINDOWS = [
    ["chebwin", 100], ["cheb", 60.0], ["dpss", 2.5], ["dpss", 4], "taylor", ["taylor", 6], ["taylor", 5, 40, False],
    ["general_cosine", [0.5, 0.4, 0.1]], ["general cosine", [1, 1.9, 1.3, 0.4, 0.03]], "han", "poisson", "sinc", "halfcosine", 6.5,
    "hann_symmetric", "triang_periodic", ["ksr", 5], ["kbd_symmetric", 4.0], ["tuk", 0.3], "flat", "nut", ["ggs", 2, 70.0], ["gss_symmetric", 60],
]


def spectrum(r, samples, rate):
    """An STFT, now and then with a window that is rare."""
    p = stft(r, samples)
    if r.random() < 0.25:
        window = r.choice(RARE_WINDOWS)
        length = p.get("win_length", p["n_fft"])
        name = window[0] if isinstance(window, list) else window
        # SciPy refuses these for odd lengths, and for short ones.
        if not (name == "kbd_symmetric" and length % 2) and not (name == "dpss" and length < 10):
            p["window"] = window
    return p


def spectral_bandwidth(r, samples, rate):
    p = spectrum(r, samples, rate)
    some(r, p, 0.6, "p", [0.5, 1, 1.5, 2, 3, 4, 10, 20])
    some(r, p, 0.4, "norm", [False])
    return p


def spectral_contrast(r, samples, rate):
    p = spectrum(r, samples, rate)
    # Every band needs a bin, and the lowest one another.
    if p["n_fft"] < 64:
        p |= {"n_fft": 512, "center": True}
        p.pop("win_length", None)
    lowest = rate / p["n_fft"]
    p["fmin"] = r.choice([200, 50, 300, r.uniform(20, 500)])
    if p["fmin"] < 1.01 * lowest:
        p["fmin"] = r.uniform(1.01, 3) * lowest
    most = int(np.ceil(np.log2(rate / 2 / p["fmin"])) - 1)
    p["n_bands"] = r.randint(1, max(1, most))
    some(r, p, 0.5, "quantile", [0.001, 0.05, 0.2, 0.5, 0.9])
    some(r, p, 0.4, "linear", [True])
    return p


def flat(case, y, sr, ours, theirs, extract):
    """Whether there is no contrast but that of rounding."""
    return ours.shape == theirs.shape and max(np.max(np.abs(ours)), np.max(np.abs(theirs))) <= 1e-4


def spectral_flatness(r, samples, rate):
    p = spectrum(r, samples, rate)
    some(r, p, 0.4, "amin", [1e-3, 1e-5, 1e-7, 1e-15])
    some(r, p, 0.5, "power", [0.5, 1, 1.5, 2, 3])
    return p


def flatness(y, p):
    return librosa.feature.spectral_flatness(y=y, **arguments(p))


def cancelled(case, y, sr, ours, theirs, extract):
    return moves(CancelledBins, lambda: flatness(y, case["parameters"]), ours, theirs)


CANCELLED = Rule(
    "A bin of a short transform cancels, and the logarithm of a rounding of 0 weighs as much as that of any other bin: librosa itself "
    "moves by a third of the difference or more in one of 16 runs with other roundings in such bins.", cancelled)


def spectral_rolloff(r, samples, rate):
    p = spectrum(r, samples, rate)
    some(r, p, 0.7, "roll_percent", [0.01, 0.1, 0.5, 0.95, 0.99, r.uniform(0.01, 0.99)])
    return p


def poly_features(r, samples, rate):
    return spectrum(r, samples, rate) | {"order": r.choice([0, 1, 1, 2, 3, 5, 8, 12, 20])}


def undetermined_fit(case, y, sr, ours, theirs, extract):
    """Whether librosa itself moves by a third of the difference when it is handed frequencies with another last bit."""
    rng, p = np.random.default_rng(1), arguments(case["parameters"])
    frequencies = librosa.fft_frequencies(sr=sr, n_fft=p.get("n_fft", 2048))
    for _ in range(16):
        freq = frequencies * (1 + 1.1e-16 * rng.integers(-1, 2, len(frequencies)))
        if error(librosa.feature.poly_features(y=y, sr=sr, freq=freq, **p), theirs) >= error(ours, theirs) / 3:
            return True
    return False


def stft_scales(r, samples, rate):
    p = spectrum(r, samples, rate) | {"scale": r.choice(["magnitude", "power", "db"])}
    some(r, p, 0.5, "ref", ["max", 1, 0.1, 30.0])
    some(r, p, 0.4, "amin", [1e-7, 1e-3])
    some(r, p, 0.5, "top_db", [None, 40, 120])
    return p


def stft_levels(y, sr, p):
    p = arguments(p)
    levels = {"ref": p.pop("ref", 1.0), "amin": p.pop("amin", 1e-5), "top_db": p.pop("top_db", 80.0)}
    scale = p.pop("scale", "magnitude")
    S = np.abs(librosa.stft(y, **({"hop_length": 512} | p)))
    if scale == "power":
        return S**2
    if levels["ref"] == "max":
        levels["ref"] = np.max
    return librosa.amplitude_to_db(S, **levels) if scale == "db" else S


def pcen(r, samples, rate):
    p = mel(r, samples)
    p.pop("power", None)
    some(r, p, 0.4, "mel_power", [0.5, 1, 2])
    some(r, p, 0.3, "norm", NORMS + ["slaney"])
    some(r, p, 0.4, "input_scale", [1, 1000, 2**15])
    some(r, p, 0.4, "gain", [0, 0.5, 0.8, 1, 1.5])
    some(r, p, 0.4, "bias", [0, 0.1, 10])
    some(r, p, 0.4, "power", [0, 0.25, 0.7, 1, 2])
    some(r, p, 0.4, "time_constant", [0.01, 0.06, 2])
    some(r, p, 0.4, "eps", [1e-9, 1e-3, 1])
    some(r, p, 0.3, "b", [0.01, 0.5, 1])
    some(r, p, 0.3, "max_size", [2, 3, 4, 10, 300])
    return p


def pcen_of_mel(y, sr, p):
    p = arguments(p)
    names = ("gain", "bias", "power", "time_constant", "eps", "b", "max_size")
    options = {name: p.pop(name) for name in names if name in p}
    power, scale = p.pop("mel_power", 1), p.pop("input_scale", 2**31)
    S = librosa.feature.melspectrogram(y=y, sr=sr, power=power, **p)
    return librosa.pcen(S * scale, sr=sr, hop_length=p.get("hop_length", 512), **options)


def reassigned_spectrogram(r, samples, rate):
    p = spectrum(r, samples, rate)
    some(r, p, 0.4, "power", [1, 1.5, 2, 3])
    if r.random() < 0.4:
        p[r.choice(["reassign_frequencies", "reassign_times"])] = False
    some(r, p, 0.5, "ref_power", [0, 1e-10, 1e-3, 1])
    some(r, p, 0.4, "fill_nan", [True])
    some(r, p, 0.4, "clip", [False])
    return p


def on_grid(y, sr, p):
    """librosa's magnitudes to the power of `power`, each added to the cell nearest its time and frequency."""
    p = {"n_fft": 2048, "hop_length": 512} | arguments(p)
    power, n_fft, hop = p.pop("power", 2), p["n_fft"], p["hop_length"]
    frequencies, times, magnitudes = librosa.reassigned_spectrogram(y, sr=sr, **p)
    start = 0 if p.get("center", True) else (n_fft // 2) / sr
    row, column = np.rint(frequencies * (n_fft / sr)), np.rint((times - start) * sr / hop)
    bins, frames = magnitudes.shape
    if p.get("clip", True):
        row, column = np.clip(row, 0, bins - 1), np.clip(column, 0, frames - 1)
    lands = (row >= 0) & (row < bins) & (column >= 0) & (column < frames)
    grid = np.zeros(magnitudes.shape)
    np.add.at(grid, (row[lands].astype(int), column[lands].astype(int)), magnitudes[lands].astype(np.float64) ** power)
    return grid


SMALL = {"n_fft": 256, "hop_length": 100}

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
    "feature.spectral_centroid": Plugin(
        spectrum, lambda y, sr, p: librosa.feature.spectral_centroid(y=y, sr=sr, **arguments(p)),
        goldens=[
            ("voice", 3000, 22050, {}),
            ("tone", 3000, 22050, {"n_fft": 401, "hop_length": 150, "window": "blackman", "pad_mode": "reflect"}),
            ("click", 1000, 8000, {**SMALL, "center": False}),
            ("silence", 500, 8000, SMALL),
        ]),
    "feature.spectral_bandwidth": Plugin(
        spectral_bandwidth, lambda y, sr, p: librosa.feature.spectral_bandwidth(y=y, sr=sr, **arguments(p)),
        goldens=[
            ("voice", 3000, 22050, {}),
            ("voice", 3000, 22050, {**SMALL, "p": 1.5}),
            ("tone", 3000, 22050, {**SMALL, "p": 4, "norm": False}),
            ("click", 1000, 8000, {**SMALL, "p": 20}),
        ]),
    "feature.spectral_contrast": Plugin(
        spectral_contrast, lambda y, sr, p: librosa.feature.spectral_contrast(y=y, sr=sr, **arguments(p)),
        rules={"flat": Rule("Spectra of clicks are flat: contrasts are the rounding of 0, below 1e-4 dB on both sides.", flat)},
        goldens=[
            ("voice", 3000, 22050, {}),
            ("tone", 3000, 22050, {"fmin": 150.5, "n_bands": 3, "quantile": 0.3}),
            ("voice", 3000, 16000, {"n_fft": 401, "hop_length": 200, "n_bands": 2, "linear": True, "quantile": 0.9}),
            ("click", 1000, 8000, {**SMALL, "n_bands": 4}),
        ]),
    "feature.spectral_flatness": Plugin(
        spectral_flatness, lambda y, sr, p: flatness(y, p), rules={"cancelled": CANCELLED},
        goldens=[
            ("voice", 3000, 22050, {}),
            ("tone", 3000, 22050, {**SMALL, "window": "blackmanharris"}),
            ("voice", 3000, 22050, {**SMALL, "power": 1, "amin": 0.01}),
            ("voice", 3000, 22050, {**SMALL, "power": 0.5}),
            ("silence", 500, 8000, SMALL),
        ]),
    "feature.spectral_rolloff": Plugin(
        spectral_rolloff, lambda y, sr, p: librosa.feature.spectral_rolloff(y=y, sr=sr, **arguments(p)),
        frames="librosa sums magnitudes one by one in float32: where the share falls on a bin's edge, a last bit decides between two bins.",
        goldens=[
            ("voice", 3000, 22050, {}),
            ("voice", 3000, 22050, {**SMALL, "roll_percent": 0.1}),
            ("tone", 3000, 22050, {"n_fft": 401, "hop_length": 150, "roll_percent": 0.99}),
            ("silence", 500, 8000, SMALL),
        ]),
    "feature.poly_features": Plugin(
        poly_features, lambda y, sr, p: librosa.feature.poly_features(y=y, sr=sr, **arguments(p)),
        rules={
            "fit": Rule(
                "The order is so high that double precision hardly tells the powers apart: `numpy.polyfit` leaves out directions below a "
                "threshold, and one last bit decides which. librosa itself moves by a third of the difference or more when the last bits of "
                "its frequencies change.", undetermined_fit)},
        goldens=[
            ("voice", 3000, 22050, {}),
            ("voice", 3000, 22050, {**SMALL, "order": 0}),
            ("voice", 3000, 22050, {**SMALL, "order": 5}),
            ("voice", 300, 22050, {"n_fft": 4, "hop_length": 100, "order": 6}),
        ]),
    "feature.stft": Plugin(
        stft_scales, stft_levels,
        goldens=[
            ("voice", 500, 22050, SMALL),
            ("voice", 500, 22050, {**SMALL, "scale": "power", "window": ["taylor", 5, 40, False]}),
            ("tone", 500, 22050, {**SMALL, "scale": "db", "ref": "max", "window": ["chebwin", 100]}),
            ("voice", 500, 22050, {**SMALL, "scale": "db", "ref": 0.5, "amin": 0.01, "top_db": None, "window": ["dpss", 2.5]}),
            ("silence", 200, 22050, {**SMALL, "scale": "db"}),
        ]),
    "feature.pcen": Plugin(
        pcen, pcen_of_mel,
        goldens=[
            ("voice", 2000, 22050, {"n_mels": 40}),
            ("voice", 2000, 22050, {**SMALL, "n_mels": 12, "gain": 0.8, "bias": 10, "power": 0.25, "time_constant": 0.06}),
            ("voice", 2000, 22050, {**SMALL, "n_mels": 12, "power": 0, "max_size": 4, "input_scale": 1, "mel_power": 2}),
            ("tone", 2000, 22050, {**SMALL, "n_mels": 12, "bias": 0, "b": 0.3, "eps": 0.001, "norm": None}),
            ("silence", 500, 22050, {**SMALL, "n_mels": 12}),
        ]),
    "feature.reassigned_spectrogram": Plugin(
        reassigned_spectrogram, on_grid,
        frames="Where energy lies halfway between two cells, a last bit of librosa's float32 quotients decides between them.",
        goldens=[
            ("voice", 500, 22050, SMALL),
            ("click", 500, 22050, {**SMALL, "ref_power": 0.01, "fill_nan": True}),
            ("tone", 500, 22050, {**SMALL, "power": 1, "reassign_times": False, "center": False}),
            ("voice", 500, 8000, {"n_fft": 101, "hop_length": 30, "reassign_frequencies": False, "clip": False}),
        ]),
}
