"""librosa.griffinlim and librosa.feature.inverse: features turned back into sound by `timbre resynth`.

Started with all phases 0, so that both begin alike; both search in single precision, where rounding grows from round to round.
"""

import librosa
import numpy as np

from plugin import LIMIT, Plugin, Rule, error

inverse = librosa.feature.inverse


def transform(r):
    n_fft = r.choice([256, 512, 1024, 2048])
    p = {"n_fft": n_fft, "hop_length": n_fft // r.choice([2, 4, 8]), "window": r.choice(["hann", "hamming", "blackman"])}
    if r.random() < 0.3:
        p["win_length"] = n_fft // 2
        p["hop_length"] = n_fft // 8
    return p


def magnitudes(y, p):
    return np.abs(librosa.stft(y, **p))


def found(S, y, p, **search):
    return librosa.griffinlim(S, n_fft=p.get("n_fft", 2048), length=len(y), **search | {k: v for k, v in p.items() if k != "n_fft"})


def split(p):
    """The settings of the search, of the transform, and the others."""
    p = dict(p)
    search = {k: p.pop(k) for k in ("n_iter", "momentum", "init") if k in p}
    search["init"] = None if search.get("init") == "none" else "random"
    return search, {k: p.pop(k) for k in ("n_fft", "hop_length", "win_length", "window") if k in p}, p


def griffinlim(y, sr, p):
    search, stft, _ = split(p)
    return found(magnitudes(y, stft), y, stft, **search)


def draw_few(r, samples, rate):
    return {"use": "feature.stft"} | transform(r) | {"n_iter": r.choice([0, 1, 2]), "momentum": r.choice([0, 0.5, 0.99]), "init": "none"}


def rounded(case, y, sr, ours, theirs, extract):
    """librosa's own result moves as far when the magnitudes are rounded otherwise, as a transform in single precision does."""
    search, stft, _ = split(case["parameters"])
    S, rng = magnitudes(y, stft), np.random.default_rng(1)
    for _ in range(4):
        noise = 1e-7 * S.max(axis=0) * rng.standard_normal(S.shape)
        moved = found(np.abs(S + noise).astype(np.float32), y, stft, **search)
        if error(ours, theirs) <= 10 * error(moved[None], theirs) + LIMIT:
            return True
    return False


ROUNDED = Rule(
    "librosa's search for phases amplifies rounding, most where a bin holds little else: its own result for magnitudes that are off by 1e-7"
    " of a frame's largest is as far away (at least a tenth).", rounded,
)


def scattered(case, y, sr, ours, theirs, extract):
    """Whether librosa's own results, for magnitudes rounded otherwise or from other random phases, are as far from what is wanted."""
    plugin, rng = PLUGINS[case["use"]], np.random.default_rng(1)
    search = librosa.griffinlim

    def other(S, random_state=None, **options):
        noise = 1e-7 * S.max(axis=0) * rng.standard_normal(S.shape)
        return search(np.abs(S + noise).astype(S.dtype), random_state=int(rng.integers(1 << 31)), **options)

    librosa.griffinlim = other
    try:
        runs = [plugin.reference(y, sr, dict(case["parameters"])) for _ in range(8)]
    finally:
        librosa.griffinlim = search
    return plugin.error(ours, theirs) <= max(plugin.error(run[:1], theirs) for run in runs) + plugin.limit / 4


SCATTERED = Rule(
    "librosa's search ends elsewhere when its input is rounded otherwise or its random phases are others: the worst of eight such results of"
    " its own is as far away, but for a quarter of the limit.", scattered,
)


def griffinlim_and_clip(y, sr, p):
    return np.stack([griffinlim(y, sr, p), y])


def convergence(y, S):
    return np.linalg.norm(S - magnitudes(y, {})) / np.linalg.norm(S)


def further_from_magnitudes(ours, theirs):
    """How much further our magnitudes are from the wanted ones than librosa's, as a share of these."""
    theirs, y = theirs
    S = magnitudes(y, {})
    return 0.0 if not S.any() else float(max(0.0, convergence(ours[0], S) - convergence(theirs, S)))


def mfcc_to_audio_and_clip(y, sr, p):
    C = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=p["n_mfcc"])
    heard = found(inverse.mel_to_stft(inverse.mfcc_to_mel(C), sr=sr), y, {}, init="random")
    return np.stack([heard, y, np.full_like(y, sr), np.full_like(y, p["n_mfcc"])])


def further_from_coefficients(ours, theirs):
    """How much further our coefficients are from the original's than librosa's, as a share of these."""
    theirs, y, rate, count = theirs
    coefficients = lambda x: librosa.feature.mfcc(y=x, sr=rate[0], n_mfcc=int(count[0]))  # noqa: E731
    wanted = coefficients(y)
    distance = lambda x: np.linalg.norm(coefficients(x) - wanted) / np.linalg.norm(wanted)  # noqa: E731
    return float(max(0.0, distance(ours[0]) - distance(theirs)))


def mel_to_audio_and_clip(y, sr, p):
    search, _, _ = split(p)
    M = librosa.feature.melspectrogram(y=y, sr=sr)
    heard = found(inverse.mel_to_stft(M, sr=sr), y, {"n_fft": 2048}, **search)
    return np.stack([heard, y, np.full_like(y, sr)])


def further_from_bands(ours, theirs):
    """How many dB (root mean square, over 60 dB) our mel bands are further from the original's than librosa's."""
    theirs, y, rate = theirs
    bands = lambda x: librosa.power_to_db(librosa.feature.melspectrogram(y=x, sr=rate[0]), top_db=None)  # noqa: E731
    wanted = bands(y)
    floor = wanted.max() - 60
    distance = lambda x: np.sqrt(np.mean((np.maximum(bands(x), floor) - np.maximum(wanted, floor)) ** 2))  # noqa: E731
    return float(max(0.0, distance(ours[0]) - distance(theirs)))


# A sound that fills the spectrum for some frames; of a chirp the ends of searches with different random phases lie 1 dB apart.
LONG, DENSE = (8000, 30_000), ["mix", "noise"]

PLUGINS = {
    "resynth.griffinlim": Plugin(
        draw=draw_few, reference=griffinlim, timed=None, kinds=["mix", "noise", "tone"], rules={"rounding": ROUNDED}, share=0.4,
    ),
    "resynth.griffinlim_32": Plugin(
        draw=lambda r, samples, rate: {"use": "feature.stft", "n_iter": 32, "init": "none"},
        lengths=LONG, kinds=DENSE, reference=griffinlim_and_clip, error=further_from_magnitudes, limit=0.02, timed=None, rules={"scatter": SCATTERED},
        agreement="`librosa.griffinlim` amplifies the rounding of single precision from round to round, so that after 32 rounds its own"
        " result with another rounding differs in every sample; the spectral convergence of ours may be worse by 0.02 at most.",
    ),
    "resynth.mfcc_to_audio": Plugin(
        draw=lambda r, samples, rate: {"use": "feature.mfcc", "n_mfcc": r.choice([13, 20, 40])}, lengths=LONG, kinds=DENSE,
        reference=mfcc_to_audio_and_clip, error=further_from_coefficients, limit=0.15, timed=None, rules={"scatter": SCATTERED},
        agreement="both start with phases of their own. The coefficients of our sound may be further from the original's than those of"
        " librosa's sound by 0.15 of their norm at most; in 300 cases they were by more than 0.1 in two, both at 96 kHz.",
    ),
    "resynth.mel_to_audio": Plugin(
        draw=lambda r, samples, rate: {"use": "feature.melspectrogram"},
        lengths=LONG, kinds=DENSE, reference=mel_to_audio_and_clip, error=further_from_bands, limit=0.5, timed=None, rules={"scatter": SCATTERED},
        agreement="many spectra have the same mel bands, and `librosa.feature.inverse.mel_to_stft` stops before it finds one; ours finds"
        " the smallest. The bands of our sound may be further from the original's than those of librosa's by 0.5 dB at most.",
    ),
}
