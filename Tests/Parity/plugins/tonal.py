"""Features of pitch classes."""

import librosa
import numpy as np

from draws import NORMS, WINDOWS, arguments, some, stft
from plugin import LIMIT, Plugin, Rule, error
from plugins import constant_q


def chroma_stft(r, samples, rate):
    p = stft(r, samples)
    some(r, p, 0.7, "power", [0.5, 1, 1.5, 2, 3])
    some(r, p, 0.5, "norm", NORMS)
    some(r, p, 0.4, "tuning", [r.uniform(-0.5, 0.5)])
    some(r, p, 0.4, "n_chroma", [1, 7, 12, 13, 24, 36])
    some(r, p, 0.3, "ctroct", [r.uniform(3, 6)])
    some(r, p, 0.3, "octwidth", [None, 1, 2.5])
    some(r, p, 0.3, "base_c", [False])
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


def tuning(case, y, sr, ours, theirs, extract):
    p = dict(case["parameters"])
    if p.get("tuning") is not None:
        return False
    S, _ = chroma_spectrogram(y, p)
    n_chroma = p.get("n_chroma", 12)
    near, edges = likely_tunings(S, sr, n_chroma)

    def is_ours(tunings):
        return any(error(ours, np.atleast_2d(chroma(y, sr, p | {"tuning": float(t)}))) <= LIMIT for t in tunings)

    return is_ours(near) or (is_undetermined(S, sr, n_chroma) and is_ours(edges[:-1]))


def likely_tunings(S, sr, bins_per_octave):
    """The bins of librosa's histogram that hold as many peaks as the fullest, but for two or for those at the threshold; all edges."""
    pitch, magnitude = librosa.piptrack(S=S, sr=sr)
    threshold = np.median(magnitude[pitch > 0]) if (pitch > 0).any() else 0

    def counts(least):
        residual = np.mod(bins_per_octave * librosa.hz_to_octs(pitch[(magnitude >= least) & (pitch > 0)]), 1.0)
        residual[residual >= 0.5] -= 1.0
        return np.histogram(residual, bins=np.linspace(-0.5, 0.5, 101))

    most, edges = counts(threshold * (1 - 1e-6))
    fewest, _ = counts(threshold * (1 + 1e-6))
    return edges[:-1][most >= max(1, fewest.max() - 2)], edges


def is_undetermined(S, sr, bins_per_octave):
    """Whether librosa's own estimate changes when its spectrogram changes by roundings."""
    rng = np.random.default_rng(1)
    noisy = (S * (1 + 1e-7 * rng.standard_normal(S.shape)).astype(S.dtype) for _ in range(8))
    estimates = {librosa.estimate_tuning(S=s, sr=sr, bins_per_octave=bins_per_octave) for s in noisy}
    return len(estimates) > 1


TUNING = Rule(
    "librosa estimates the tuning as the fullest of 100 histogram bins, which count the spectral peaks above their median. "
    "Ours is librosa's result with another bin, and either that bin holds as many peaks but for two (or for those within 1e-6 of "
    "the median), or librosa's own estimate changes when its spectrogram is changed by 1e-7 of itself: the last bit decides.",
    tuning)


def hop(r, samples):
    # librosa refuses what is shorter than its first downsampling, of which an odd hop has none; ours takes it.
    return r.choice([512, 512, 1024, 2048, 640]) | (samples <= 1000)


def constant_q_chroma(r, samples, rate):
    """Parameters of chroma over a constant-Q transform, without norms."""
    n_chroma = r.choice([12, 12, 12, 24, 6, 7, 1])
    p = {"n_chroma": n_chroma, "bins_per_octave": n_chroma * r.choice([1, 2, 3, 4])}
    if p["bins_per_octave"] == 36:
        del p["bins_per_octave"]
    fmin = r.choice([None, None, 55, 130.8, r.uniform(30, 200)])
    octaves = int(np.log2(rate / 2 * 0.85 / (fmin or constant_q.C1)) - 2 / p.get("bins_per_octave", 36))
    p |= {"n_octaves": r.randint(1, max(1, min(octaves, 8))), "hop_length": hop(r, samples)}
    some(r, p, 0.4, "tuning", [0, r.uniform(-0.5, 0.5)])
    some(r, p, 0.2, "window", [[0.5, 1, 0.5], [1, 2], [0.25, 0.5, 1, 0.5]])
    some(r, p, 0.3, "cqt_mode", ["full", "hybrid"])
    return p if fmin is None else p | {"fmin": fmin}


def chroma_cqt(r, samples, rate):
    p = constant_q_chroma(r, samples, rate)
    some(r, p, 0.4, "norm", NORMS)
    some(r, p, 0.3, "threshold", [None, 0.01, 0.1])
    return p


def chroma_cens(r, samples, rate):
    p = constant_q_chroma(r, samples, rate)
    some(r, p, 0.4, "norm", NORMS)
    some(r, p, 0.6, "win_len_smooth", [None, 1, 2, 5, 10, 41, 200])
    some(r, p, 0.4, "smoothing_window", WINDOWS)
    return p


def chroma_vqt(r, samples, rate):
    per_octave = r.choice([12, 12, 5, 24, 19])
    fmin = r.choice([None, None, 55, r.uniform(30, 200)])
    octaves = int(np.log2(rate / 2 * 0.8 / (fmin or constant_q.C1)) - 2 / per_octave)
    p = {"intervals": r.choice(["equal", "pythagorean", "ji3", "ji5", "ji7", [1, 9 / 8, 5 / 4, 4 / 3, 3 / 2, 5 / 3, 15 / 8]])}
    p |= {"bins_per_octave": per_octave, "n_octaves": r.randint(1, max(1, min(octaves, 7))), "hop_length": hop(r, samples)}
    some(r, p, 0.3, "gamma", [0, 5, 20])
    some(r, p, 0.4, "norm", NORMS)
    some(r, p, 0.3, "threshold", [None, 0.01, 0.1])
    return p if fmin is None else p | {"fmin": fmin}


def tonnetz(r, samples, rate):
    p = constant_q_chroma(r, samples, rate)
    some(r, p, 0.2, "threshold", [None, 0.01])
    return p


def cqt_arguments(p):
    p = arguments(p)
    if "window" in p:
        p["window"] = np.array(p["window"])
    if isinstance(p.get("smoothing_window"), list):
        p["smoothing_window"] = tuple(p["smoothing_window"])
    return p


def of_signal(feature):
    return lambda y, sr, p: feature(y=y, sr=sr, **({"intervals": "equal"} if feature is librosa.feature.chroma_vqt else {}) | cqt_arguments(p))


CQT_CHROMA, VQT_CHROMA, CENS, TONNETZ = (
    of_signal(f)
    for f in (librosa.feature.chroma_cqt, librosa.feature.chroma_vqt, librosa.feature.chroma_cens, librosa.feature.tonnetz)
)

PLUGINS = {
    "feature.chroma_stft": Plugin(
        chroma_stft, chroma, rules={"tuning": TUNING},
        goldens=[
            ("voice", 3000, 22050, {}),
            ("voice", 3000, 22050, {"power": 1}),
            ("voice", 3000, 22050, {"power": 1, "n_fft": 1025, "hop_length": 400}),
            ("voice", 3000, 44100, {"n_chroma": 24, "octwidth": None, "norm": 2, "base_c": False}),
            ("voice", 3000, 44100, {"n_fft": 4096, "tuning": 0.3, "ctroct": 4, "norm": None}),
            ("voice", 2, 22050, {"n_fft": 64, "hop_length": 16}),
        ]),
    "feature.chroma_cqt": Plugin(
        chroma_cqt, CQT_CHROMA, rules={"tuning": Rule(TUNING.text, constant_q.tuned(CQT_CHROMA)), "whole": constant_q.whole(CQT_CHROMA)},
        goldens=[
            ("voice", 3000, 22050, {}),
            ("voice", 3000, 22050, {"n_octaves": 5, "n_chroma": 6, "bins_per_octave": 12, "fmin": 110, "norm": 2, "tuning": 0.1, "window": [0.5, 1, 0.5]}),
            ("voice", 3000, 22050, {"cqt_mode": "hybrid", "norm": None, "threshold": 0.05, "n_octaves": 6}),
        ]),
    "feature.chroma_cens": Plugin(
        chroma_cens, CENS, rules={"tuning": Rule(TUNING.text, constant_q.tuned(CENS)), "whole": constant_q.whole(CENS)},
        goldens=[("voice", 6000, 22050, {}), ("voice", 6000, 22050, {"win_len_smooth": 4, "smoothing_window": "hamming", "norm": "inf", "n_octaves": 5})]),
    "feature.chroma_vqt": Plugin(
        chroma_vqt, VQT_CHROMA, rules={"whole": constant_q.whole(VQT_CHROMA)},
        goldens=[("voice", 3000, 22050, {}), ("voice", 3000, 22050, {"intervals": "ji5", "n_octaves": 6, "gamma": 5})]),
    "feature.tonnetz": Plugin(
        tonnetz, TONNETZ, rules={"tuning": Rule(TUNING.text, constant_q.tuned(TONNETZ)), "whole": constant_q.whole(TONNETZ)},
        goldens=[("voice", 3000, 22050, {}), ("voice", 3000, 22050, {"n_octaves": 5, "n_chroma": 24, "bins_per_octave": 48})]),
}
