"""Random valid parameters of each plugin, over the whole range that librosa takes."""

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


def some(r, p, share, name, values):
    if r.random() < share:
        p[name] = r.choice(values)


def melspectrogram(r, samples):
    p = mel(r, samples)
    some(r, p, 0.5, "norm", NORMS + ["slaney"])
    return p


def mfcc(r, samples):
    p = mel(r, samples)
    bands = p.get("n_mels", 128)
    if r.random() < 0.7 or bands < 20:
        p["n_mfcc"] = r.randint(1, bands)
    some(r, p, 0.5, "dct_type", [1, 2, 3] if bands > 1 else [2])
    some(r, p, 0.4, "norm", [None, "ortho"])
    some(r, p, 0.4, "lifter", [0, 10.5, 22])
    some(r, p, 0.4, "mel_norm", NORMS + ["slaney"])
    return p


def chroma_stft(r, samples):
    p = stft(r, samples)
    some(r, p, 0.7, "power", [0.5, 1, 1.5, 2, 3])
    some(r, p, 0.5, "norm", NORMS)
    some(r, p, 0.4, "tuning", [r.uniform(-0.5, 0.5)])
    some(r, p, 0.4, "n_chroma", [1, 7, 12, 13, 24, 36])
    some(r, p, 0.3, "ctroct", [r.uniform(3, 6)])
    some(r, p, 0.3, "octwidth", [None, 1, 2.5])
    some(r, p, 0.3, "base_c", [False])
    return p


def framing(r, samples):
    length = r.choice([2048, 1, 2, 3, 1000, r.randint(1, 5000)])
    p = {"frame_length": length, "hop_length": r.randint(1 + samples * length // (10 * LARGEST), 3000)}
    p["center"] = r.random() < 0.7 or samples < length
    return p


def rms(r, samples):
    return framing(r, samples) | {"pad_mode": r.choice(ALL_PADS)}


def zero_crossing_rate(r, samples):
    return framing(r, samples) | {
        "threshold": r.choice([1e-10, 0, 0.01, 0.1]), "zero_pos": r.random() < 0.6, "pad": r.random() < 0.5,
    }


def delta(r, samples):
    """The delta's own parameters, and those of the MFCC that it reads."""
    width = r.choice([3, 5, 7, 9, 11, 25])
    p = {"width": width, "order": r.randint(1, min(width - 1, 5))}
    p["mode"] = r.choice(["interp", "nearest", "mirror", "constant", "wrap"])
    of = {"hop_length": r.randint(64, 512)}
    some(r, of, 0.5, "n_mfcc", [1, 13, 40])
    frames = 1 + samples // of["hop_length"]
    if p["mode"] == "interp" and frames < width:
        p["mode"] = "nearest"
    return p | {"of": of}


def time_stretch(r, samples):
    # Less than one sample is nothing to compare; ours refuses it.
    return {"rate": r.choice([0.5, 0.8, 1.25, 2, r.uniform(0.4, 3)]) if samples > 2 else 0.8}


def pitch_shift(r, samples):
    p = {"n_steps": r.choice([0.7, -3, 12, -12, r.uniform(-12, 12)]) if samples > 2 else 0.7}
    some(r, p, 0.3, "bins_per_octave", [12, 24, 36])
    some(r, p, 0.3, "res_type", RESAMPLERS)
    some(r, p, 0.2, "scale", [True])
    return p


def load(r, samples):
    """How a file is written and which part of it is read; `rate` is what it is resampled to, null for its own."""
    p = {"write": r.choice([["WAV", "PCM_16"], ["WAV", "PCM_24"], ["WAV", "FLOAT"], ["FLAC", "PCM_16"], ["AIFF", "PCM_16"]])}
    p |= {"channels": r.choice([1, 1, 2]), "rate": r.choice([None, 22050, 8000, 16000, 44100, 96000, r.randint(4000, 96000)])}
    p["offset"] = r.choice([0, 0.25, r.uniform(0, 0.5)]) if samples > 20_000 else 0
    p["duration"] = r.choice([None, 0.2, r.uniform(0.01, 1)])
    p["res_type"] = r.choice(RESAMPLERS)
    return p


# How many samples a clip has: effects follow phases, whose rounding shows only over seconds.
LENGTHS = {"augment.time_stretch": (5000, 60_000), "augment.pitch_shift": (5000, 60_000), "load": (3000, 200_000)}
# Seldom what hardly changes: its derivative is rounding, of which there is little to compare.
KINDS = {"feature.delta": 5 * ["tone", "chirp", "clicks", "noise", "mix", "offset"] + ["quiet", "silence", "tiny"]}
PLUGINS = {
    "feature.zero_crossing_rate": zero_crossing_rate, "feature.chroma_stft": chroma_stft, "feature.mfcc": mfcc,
    "feature.rms": rms, "feature.melspectrogram": melspectrogram, "feature.delta": delta,
    "augment.time_stretch": time_stretch, "augment.pitch_shift": pitch_shift, "load": load,
}
