"""Random valid parameters that many plugins have, over the whole range that librosa takes."""

import numpy as np

WINDOWS = [
    "hann", "hamming", "blackman", "bartlett", "boxcar", "ones", "rectangular", "triang", "parzen", "bohman",
    "blackmanharris", "nuttall", "barthann", "flattop", "cosine", "lanczos", "tukey", "exponential", ["kaiser", 8.6],
    ["gaussian", 80.0], ["general_gaussian", 1.5, 90.0], ["general_hamming", 0.6], ["tukey", 0.25],
    ["exponential", None, 100.0],
]
STFT_PADS = ["constant", "edge", "linear_ramp", "reflect", "symmetric"]
ALL_PADS = STFT_PADS + ["maximum", "mean", "median", "minimum", "wrap"]
NORMS = [None, "inf", "-inf", 0, 0.7, 1, 2, 2.5]
RESAMPLERS = ["soxr_vhq", "soxr_hq", "soxr_mq", "soxr_lq", "soxr_qq", "sinc_best", "sinc_medium", "sinc_fastest"]
# Frames × bins beyond this take long and show nothing that fewer do not.
LARGEST = 3_000_000
INFINITE = {"inf": np.inf, "-inf": -np.inf}


def some(r, p, share, name, values):
    """Sets a parameter in that share of cases."""
    if r.random() < share:
        p[name] = r.choice(values)


def stft(r, samples):
    n_fft = r.choice([2048, 2048, 1024, 512, 256, 400, 513, 1000, 2047, 4096, 64, 16, 3, 2, r.randint(2, 4096)])
    hop = r.choice([512, 256, 128, n_fft // 4 + 1, n_fft, 2 * n_fft + 1, r.randint(1, 2 * n_fft + 1)])
    p = {"n_fft": n_fft, "hop_length": max(hop, 1 + samples * (n_fft // 2 + 1) // LARGEST)}
    if r.random() < 0.4:
        p["win_length"] = r.randint(1, n_fft)
    if r.random() < 0.7:
        p["window"] = r.choice(WINDOWS)
    if r.random() < 0.3 and samples >= n_fft:
        p["center"] = False
    if r.random() < 0.6:
        p["pad_mode"] = r.choice(STFT_PADS)
    return p


def mel(r, samples):
    p = stft(r, samples)
    some(r, p, 0.7, "power", [0.5, 1, 1.5, 2, 3])
    some(r, p, 0.7, "n_mels", [1, 2, 13, 40, 64, 80, 128, 256])
    some(r, p, 0.4, "fmin", [0, 20, 50, 300])
    some(r, p, 0.4, "fmax", [3500, 4000, 8000])
    some(r, p, 0.4, "htk", [True])
    return p


def framing(r, samples):
    length = r.choice([2048, 1, 2, 3, 1000, r.randint(1, 5000)])
    p = {"frame_length": length, "hop_length": r.randint(1 + samples * length // (10 * LARGEST), 3000)}
    p["center"] = r.random() < 0.7 or samples < length
    return p


def arguments(p):
    """Parameters as librosa takes them: windows as tuples, infinite norms as numbers."""
    p = dict(p)
    if isinstance(p.get("window"), list):
        p["window"] = tuple(p["window"])
    for name in ("norm", "mel_norm"):
        if isinstance(p.get(name), str):
            p[name] = INFINITE.get(p[name], p[name])
    return p
