"""Onsets, tempo and pulse."""

import contextlib

import librosa
import numpy as np

from draws import LARGEST, NORMS, WINDOWS, arguments, mel, some
from plugin import LIMIT, Plugin, Rule, error

AGGREGATES = {"mean": np.mean, "median": np.median, "max": np.max, "min": np.min, "none": False, None: None}
FACTORS = [[2, 1, 0.5], [1], [4, 1 / 3, 1.1, 0.01, 7, -1]]
# Whether a norm of a whole frame of autocorrelations is more than the rounding of what is 0.
STEADY_NORMS = [None, "inf", 0.7, 1, 2, 2.5]


def onset(r, samples, rate):
    p = mel(r, samples)
    p.pop("center", None)
    some(r, p, 0.3, "center", [False])
    some(r, p, 0.4, "norm", NORMS + ["slaney"])
    some(r, p, 0.5, "lag", [1, 2, 3, r.randint(1, 60)])
    some(r, p, 0.5, "max_size", [1, 2, 3, 4, 7, 300])
    some(r, p, 0.3, "detrend", [True])
    some(r, p, 0.5, "aggregate", ["mean", "median", "max", "min"])
    return p


def onset_multi(r, samples, rate):
    p, bands = onset(r, samples, rate), None
    bands = p.get("n_mels", 128)
    if r.random() < 0.8:
        p["channels"] = r.sample(range(bands + 1), min(bands + 1, r.randint(2, 9)))
    some(r, p, 0.2, "aggregate", ["none"])
    return p


def aggregated(p):
    p = arguments(p)
    if "aggregate" in p:
        p["aggregate"] = AGGREGATES[p["aggregate"]]
    return p


def hop(r, samples, width):
    """A hop at which the tempogram stays small."""
    least = max(1, samples * width // LARGEST)
    return max(least, r.choice([512, 512, 256, 128, 64, 700, r.randint(16, 1000)]))


def tempogram(r, samples, rate):
    p = {"win_length": r.choice([384, 384, 192, 100, 33, r.randint(8, 500), r.choice([1, 2, 3])])}
    p["hop_length"] = hop(r, samples, p["win_length"])
    if r.random() < 0.6:
        p["window"] = r.choice(WINDOWS)
    some(r, p, 0.6, "norm", STEADY_NORMS)
    if 1 + samples // p["hop_length"] >= p["win_length"]:
        some(r, p, 0.4, "center", [False])
    return p


def fourier_tempogram(r, samples, rate):
    p = tempogram(r, samples, rate)
    p.pop("norm", None)
    return p


def prior(r, p):
    some(r, p, 0.4, "start_bpm", [60, 90, r.uniform(30, 300)])
    some(r, p, 0.4, "std_bpm", [0.25, 0.5, 2, r.uniform(0.1, 4)])
    some(r, p, 0.4, "max_tempo", [None, 200, 500])


def tempo(r, samples, rate):
    p = {"ac_size": r.choice([8, 8, 4, 2, r.uniform(1, 10)])}
    p["hop_length"] = max(hop(r, samples, 384), int((samples * p["ac_size"] * rate / LARGEST) ** 0.5))
    prior(r, p)
    some(r, p, 0.6, "aggregate", [None, None, "mean", "median", "max"])
    return p


def tempogram_ratio(r, samples, rate):
    p = tempogram(r, samples, rate)
    p["win_length"] = max(4, p["win_length"])
    # Autocorrelations of windows with negative lobes are negative, and librosa takes their logarithm.
    if p.get("window") in ("flattop", "lanczos"):
        p["window"] = "hann"
    if 1 + samples // p["hop_length"] < p["win_length"]:
        p.pop("center", None)
    prior(r, p)
    some(r, p, 0.2, "bpm", [120, r.uniform(20, 400)])
    some(r, p, 0.4, "factors", FACTORS)
    some(r, p, 0.3, "aggregate", ["mean", "median", "max"])
    some(r, p, 0.4, "kind", ["linear", "nearest", "previous", "next"])
    some(r, p, 0.3, "fill_value", [0.5, -1])
    return p


def plp(r, samples, rate):
    p = {"win_length": r.choice([384, 384, 192, 100, 33, r.randint(8, 500)])}
    p["hop_length"] = hop(r, samples, p["win_length"])
    some(r, p, 0.5, "tempo_min", [None, 0, 60, 100])
    some(r, p, 0.5, "tempo_max", [None, 150, 600])
    return p


def librosa_tempo(y, sr, p):
    p = aggregated(p)
    return np.atleast_1d(librosa.feature.tempo(y=y, sr=sr, **p))


def librosa_ratio(y, sr, p):
    p = aggregated(p)
    if "bpm" in p:
        p["bpm"] = np.asarray(float(p["bpm"]))
    if p.get("factors") is not None:
        p["factors"] = np.asarray(p["factors"], dtype=float)
    result = librosa.feature.tempogram_ratio(y=y, sr=sr, **p)
    return result[:, None] if result.ndim == 1 else result


FUNCTIONS = {
    "feature.tempogram": lambda y, sr, p: librosa.feature.tempogram(y=y, sr=sr, **arguments(p)),
    "feature.fourier_tempogram": lambda y, sr, p: np.abs(librosa.feature.fourier_tempogram(y=y, sr=sr, **arguments(p))),
    "feature.tempo": librosa_tempo,
    "feature.tempogram_ratio": librosa_ratio,
    "feature.plp": lambda y, sr, p: librosa.beat.plp(y=y, sr=sr, **p),
}


@contextlib.contextmanager
def rounded(seed):
    """librosa's decibels off by a unit in the last place, where they are above their floor, and so its Fourier tempograms."""
    original, transform, rng = librosa.core.power_to_db, librosa.feature.rhythm.stft, np.random.default_rng(seed)

    def noisy(S, **arguments):
        levels = original(S, **arguments)
        unit = np.spacing(np.abs(levels))
        # Anywhere, in few places, or towards the next even multiple, where the smallest rises vanish.
        share = (1, 0.1, 0.01)[seed % 4] if seed % 4 < 3 else 0
        moved = levels + rng.integers(-1, 2, levels.shape) * (rng.random(levels.shape) < share) * unit
        moved = moved if share else 2 * unit * np.round(levels / (2 * unit))
        return np.where(levels > levels.min(), moved, levels).astype(levels.dtype)

    def near(*values, **arguments):
        spectrum = transform(*values, **arguments)
        return spectrum * (1 + 6e-8 * rng.standard_normal(spectrum.shape)).astype(np.float32)

    librosa.core.power_to_db, librosa.feature.rhythm.stft = noisy, near
    try:
        yield
    finally:
        librosa.core.power_to_db, librosa.feature.rhythm.stft = original, transform


def runs(case, y, sr):
    for seed in range(64):
        with rounded(seed):
            yield np.atleast_2d(FUNCTIONS[case["use"]](y, sr, dict(case["parameters"])))


def envelope(case, y, sr, ours, theirs, extract):
    """librosa's own result moves by a third of the difference or more in one of 64 runs."""
    return ours.shape == theirs.shape and any(error(moved, theirs) >= error(ours, theirs) / 3 for moved in runs(case, y, sr))


def level(case, y, sr, ours, theirs, extract):
    return ours.shape == theirs.shape and bool(np.all(np.abs(ours - theirs) <= 3.2e-5))


def tie(case, y, sr, ours, theirs, extract):
    """Wherever the tempo is another, librosa's own score of ours is within 1e-4 of the best, with or without the roundings; or these
    move librosa's own tempo."""
    if ours.shape != theirs.shape:
        return False
    p = {"hop_length": 512, "ac_size": 8, "start_bpm": 120, "std_bpm": 1, "max_tempo": 320, "aggregate": "mean"} | case["parameters"]
    lags = librosa.time_to_frames(p["ac_size"], sr=sr, hop_length=p["hop_length"]).item()
    bpms = librosa.tempo_frequencies(lags, hop_length=p["hop_length"], sr=sr)
    with np.errstate(all="ignore"):
        logs = -0.5 * ((np.log2(bpms) - np.log2(p["start_bpm"])) / p["std_bpm"]) ** 2
    if p["max_tempo"] is not None:
        logs[: int(np.argmax(bpms < p["max_tempo"]))] = -np.inf
    # Of tempograms as they are, and after roundings.
    least, best = np.full(theirs.shape[-1], np.inf), []
    for seed in range(65):
        with rounded(seed) if seed else contextlib.nullcontext():
            tg = librosa.feature.tempogram(y=y, sr=sr, hop_length=p["hop_length"], win_length=lags)
        if p["aggregate"] is not None:
            tg = AGGREGATES[p["aggregate"]](tg, axis=-1, keepdims=True)
        score = np.log1p(1e6 * tg) + logs[:, None]
        lag = np.argmin(np.abs(bpms[:, None] - ours), axis=0)
        least = np.minimum(least, np.max(score, axis=0) - score[lag, np.arange(score.shape[1])])
        best.append(np.argmax(score, axis=0))
    moves = np.ptp(best, axis=0) > 0
    return bool(np.all((least <= 1e-4) | moves | (np.abs(ours - theirs)[0] <= LIMIT * theirs[0])))


ENVELOPE = Rule(
    "librosa's onset strength is a difference of decibels in float32, of which little is left of a steady tone, and the strongest tempo "
    "may be a tie: librosa's own result moves by a third of the difference or more in one of 64 runs with errors of one unit in the "
    "last place of these decibels and of the Fourier tempogram.", envelope)
NOTHING = Rule(
    "The tempogram holds nothing at these tempos: roundings of 0 on both sides, below 1e-12.",
    lambda case, y, sr, ours, theirs, extract: max(np.max(np.abs(ours)), np.max(np.abs(theirs))) <= 1e-12)
LEVEL = Rule("A difference of two levels that hardly differ: within 3.2e-5 dB, two units in the last place of either.", level)
TIE = Rule(
    "Two tempos score alike: wherever ours is another, librosa's own score of it is within 1e-4 of the best, as it is or when its "
    "decibels move by one unit in the last place, or librosa's own tempo changes when they do.", tie)

PLUGINS = {
    "feature.onset_strength": Plugin(
        onset, lambda y, sr, p: librosa.onset.onset_strength(y=y, sr=sr, **aggregated(p)),
        rules={"level": LEVEL},
        goldens=[
            ("voice", 4000, 22050, {}),
            ("clicks", 30000, 22050, {"n_mels": 40, "lag": 2, "max_size": 3, "detrend": True}),
            ("voice", 4000, 16000, {"n_fft": 512, "hop_length": 200, "n_mels": 33, "aggregate": "median", "center": False}),
            ("voice", 1000, 8000, {"n_fft": 256, "hop_length": 100, "n_mels": 20, "lag": 30, "center": False}),
        ], golden_limit=2e-5),
    "feature.onset_strength_multi": Plugin(
        onset_multi, lambda y, sr, p: librosa.onset.onset_strength_multi(y=y, sr=sr, **aggregated(p)),
        rules={"level": LEVEL},
        goldens=[
            ("voice", 4000, 22050, {"channels": [0, 32, 64, 96, 128]}),
            ("clicks", 8000, 16000, {"n_fft": 512, "n_mels": 12, "max_size": 2, "aggregate": "none"}),
            ("voice", 4000, 16000, {"n_fft": 512, "hop_length": 200, "n_mels": 33, "channels": [30, 4, 11], "aggregate": "max"}),
        ], golden_limit=2e-5, timed={"channels": [0, 32, 64, 96, 128]}),
    "feature.tempogram": Plugin(
        tempogram, FUNCTIONS["feature.tempogram"], rules={"envelope": ENVELOPE},
        goldens=[
            ("clicks", 20000, 22050, {"win_length": 64}),
            ("voice", 6000, 16000, {"win_length": 9, "hop_length": 256, "center": False, "window": "boxcar", "norm": 1}),
            ("voice", 3000, 16000, {"win_length": 20, "hop_length": 256, "norm": None}),
        ]),
    "feature.fourier_tempogram": Plugin(
        fourier_tempogram, FUNCTIONS["feature.fourier_tempogram"], rules={"envelope": ENVELOPE},
        goldens=[
            ("clicks", 20000, 22050, {"win_length": 64}),
            ("voice", 6000, 16000, {"win_length": 9, "hop_length": 256, "center": False, "window": "hamming"}),
        ]),
    "feature.tempo": Plugin(
        tempo, librosa_tempo, rules={"tie": TIE},
        goldens=[
            ("clicks", 110250, 22050, {}),
            ("clicks", 60000, 22050, {"aggregate": None, "start_bpm": 90, "std_bpm": 0.5, "hop_length": 700}),
            ("silence", 20000, 22050, {"max_tempo": None}),
        ]),
    "feature.tempogram_ratio": Plugin(
        tempogram_ratio, librosa_ratio, rules={"envelope": ENVELOPE, "nothing": NOTHING},
        goldens=[
            ("clicks", 45000, 22050, {"win_length": 64}),
            ("voice", 6000, 16000, {"win_length": 40, "hop_length": 100, "bpm": 300, "factors": [2, 1, 0.5], "kind": "nearest", "aggregate": "mean"}),
        ]),
    "feature.plp": Plugin(
        plp, FUNCTIONS["feature.plp"], rules={"envelope": ENVELOPE},
        goldens=[
            ("clicks", 60000, 22050, {}),
            ("voice", 12000, 16000, {"win_length": 40, "hop_length": 100, "tempo_min": None, "tempo_max": 900}),
        ]),
}
