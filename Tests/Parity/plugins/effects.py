"""librosa.effects."""

import contextlib

import librosa
import numpy as np

from draws import RESAMPLERS, arguments, some
from draws import stft as draw_stft
from plugin import LIMIT, Plugin, Rule, error
from roundings import CancelledBins, NoisyTransform, moves


def transform(r, samples, share):
    """Parameters of the transform. Mostly frames that overlap: where they do not, there is little that an effect could be compared by."""
    p = draw_stft(r, samples)
    if r.random() < 0.9:
        p["n_fft"] = max(p["n_fft"], 16)
        p.pop("win_length", None)
        p["hop_length"] = max(r.choice([1, p["n_fft"] // 16]), p["n_fft"] // r.choice([4, 4, 5, 8]))
        p["hop_length"] = max(p["hop_length"], 1 + samples * (p["n_fft"] // 2 + 1) // 1_500_000)
    if r.random() < 0.7:
        p.pop("center", None)
    if r.random() < 0.1:
        p.pop("hop_length")
    return p if r.random() < share else {}


def time_stretch(r, samples, rate):
    # Less than one sample is nothing to compare; ours refuses it.
    p = {"rate": r.choice([0.5, 0.8, 1.25, 2, r.uniform(0.4, 3)]) if samples > 2 else 0.8}
    p |= transform(r, samples, 0.4)
    p.pop("pad_mode", None)  # which librosa's inverse refuses
    return p if quarter(p) else {"rate": 0.8}


def quarter(p):
    """Whether a hop of a quarter of the window is one."""
    return "hop_length" in p or (p.get("win_length") or p.get("n_fft", 2048)) >= 4


def pitch_shift(r, samples, rate):
    p = {"n_steps": r.choice([0.7, -3, 12, -12, r.uniform(-12, 12)]) if samples > 2 else 0.7}
    some(r, p, 0.3, "bins_per_octave", [12, 24, 36])
    some(r, p, 0.3, "res_type", RESAMPLERS)
    some(r, p, 0.2, "scale", [True])
    if r.random() < 0.3:
        p["n_fft"] = r.choice([512, 1000, 1024, 4096])
        some(r, p, 0.5, "hop_length", [p["n_fft"] // 4, p["n_fft"] // 8])
        some(r, p, 0.5, "window", ["hamming", "blackman", ["kaiser", 8.6]])
    return p


def separation(r, p, frames, bins):
    # Where a kernel is more than eight times as long as the axis, SciPy's reflection goes astray; ours goes on reflecting.
    along_time, along_frequency = r.choice([(1, 1), (2, 2), (5, 5), (17, 17), (30, 30), (64, 64), (3, 17), (31, 8), (r.randint(1, 80),) * 2])
    sizes = [min(along_time, 7 * frames), min(along_frequency, 7 * bins)]
    if r.random() < 0.7 or 31 > 7 * min(frames, bins):
        p["kernel_size"] = sizes[0] if sizes[0] == sizes[1] else sizes
    some(r, p, 0.7, "power", [0.5, 1, 2, 3, "inf"])
    some(r, p, 0.6, "margin", [1, 2, 8.5, [1, 3], [2.5, 1]])
    return p


def separate(r, samples, rate):
    p = transform(r, samples, 0.5)
    if not quarter(p):
        p = {}
    n_fft = p.get("n_fft", 2048)
    hop = p.get("hop_length") or p.get("win_length", n_fft) // 4
    frames = 1 + (samples if p.get("center", True) else samples - n_fft) // hop
    return separation(r, p, frames, n_fft // 2 + 1)


def hpss(r, samples, rate):
    of = {"n_mels": r.choice([1, 20, 64, 128]), "hop_length": r.randint(64, 512)}
    p = separation(r, {"part": r.choice(["harmonic", "percussive"])}, 1 + samples // of["hop_length"], of["n_mels"])
    some(r, p, 0.4, "mask", [True])
    return p | {"of": of}


def separated(part):
    """librosa.effects.harmonic or percussive; by its own three steps where a window is set, which it forgets to hand on."""

    def reference(y, sr, p):
        p = masks(arguments(p))
        if "window" not in p:
            return [librosa.effects.harmonic, librosa.effects.percussive][part](y, **p)
        of = {k: p.pop(k) for k in ("kernel_size", "power", "margin") if k in p}
        n_fft, pad_mode = p.pop("n_fft", 2048), p.pop("pad_mode", "constant")
        S = librosa.stft(y, n_fft=n_fft, pad_mode=pad_mode, **p)
        return librosa.istft(librosa.decompose.hpss(S, **of)[part], n_fft=n_fft, length=len(y), dtype=y.dtype, **p)

    return reference


def masks(p):
    return p | {"power": np.inf} if p.get("power") == "inf" else p


def hpss_of(matrix, p):
    p = masks(p)
    part = p.pop("part", "harmonic")
    return librosa.decompose.hpss(matrix, **p)[part == "percussive"]


def emphasis(r, samples, rate):
    p = {}
    some(r, p, 0.7, "coef", [0, 0.5, 0.9, 0.95, 1, r.uniform(0, 1)])
    some(r, p, 0.4, "zi", [0, 0.5, r.uniform(-1, 1)])
    if samples < 2:
        p["zi"] = 0.25  # librosa's default needs two samples
    return p


def silence(r, samples, rate):
    p = {}
    some(r, p, 0.8, "top_db", [60, 40, 20, 10, 6, 3, r.uniform(1, 90)])
    some(r, p, 0.4, "ref", ["max", "mean", "median", "min", 1, 0.1, 0.001])
    some(r, p, 0.5, "frame_length", [2048, 1024, 400, 1, r.randint(1, 5000)])
    some(r, p, 0.5, "hop_length", [512, 256, 100, r.randint(16, 3000)])
    return p


def detector(p):
    statistics = {"max": np.max, "mean": np.mean, "median": np.median, "min": np.min}
    return p | {"ref": statistics.get(p["ref"], p["ref"])} if "ref" in p else p


def trim(y, sr, p):
    return something(librosa.effects.trim(y, **detector(p))[0])


def split(y, sr, p):
    return something(np.concatenate([y[a:b] for a, b in librosa.effects.split(y, **detector(p))] or [y[:0]]))


def something(y):
    if not len(y):
        raise ValueError("nothing is left, which ours refuses")
    return y


def remix(r, samples, rate):
    return {"interval": r.choice([0.05, 0.1, 0.25, 0.5, r.uniform(0.01, 1)]), "order": "reversed", "align_zeros": r.random() < 0.5}


def remixed(y, sr, p):
    length = max(1, round(p["interval"] * sr))
    intervals = np.array([(a, min(a + length, len(y))) for a in range(0, len(y), length)])
    return librosa.effects.remix(y, intervals[::-1], align_zeros=p["align_zeros"])


def threshold(case, y, sr, ours, theirs, extract):
    top = case["parameters"].get("top_db", 60)
    for nearby in (top - 1e-4, top + 1e-4):
        try:
            other = PLUGINS[case["use"]].reference(y, sr, case["parameters"] | {"top_db": nearby})
        except ValueError:
            continue
        if np.array_equal(np.atleast_2d(other), ours):
            return True
    return False


def window_sum(p, count, frames):
    p = {k: v for k, v in arguments(p).items() if k in ("n_fft", "hop_length", "win_length", "window", "center")}
    n_fft, center = p.pop("n_fft", 2048), p.pop("center", True)
    hop = p.pop("hop_length", None) or (p.get("win_length") or n_fft) // 4
    half = n_fft // 2 if center else 0
    frames = min(frames, -(-(count + 2 * half) // hop))
    total = librosa.filters.window_sumsquare(n_frames=frames, n_fft=n_fft, hop_length=hop, window=p.pop("window", "hann"), **p)
    return librosa.util.fix_length(total[half:], size=count)


def quotient(case, y, sr, ours, theirs, extract):
    p = case["parameters"]
    if ours.shape != theirs.shape:
        return False
    names = {k: v for k, v in arguments(p).items() if k in ("n_fft", "hop_length", "win_length", "window", "center")}
    frames = int(np.ceil(librosa.stft(y, **names).shape[1] / p.get("rate", 1)))
    total = window_sum(p, ours.shape[-1], frames)
    return error(ours * total, theirs * total) <= LIMIT / 10


def hard(case, y, sr, ours, theirs, extract):
    """Whether librosa's own mask of zeros and ones, with magnitudes that differ by a rounding, moves as far."""
    p = case["parameters"]
    if p.get("power") != "inf" or ours.shape != theirs.shape:
        return False
    rng, original = np.random.default_rng(1), librosa.decompose.median_filter
    worst = 0.0
    try:
        for _ in range(8):
            librosa.decompose.median_filter = lambda S, **k: original(S, **k) * (
                1 + 1.2e-7 * rng.choice([-1, 0, 1], S.shape)).astype(S.dtype)
            worst = max(worst, error(again(case, y, sr), theirs))
        return error(ours, theirs) <= 3 * worst
    finally:
        librosa.decompose.median_filter = original


def masked(case, y, sr, ours, theirs, extract):
    """Whether ours is librosa's separation of our spectrogram, which agrees with librosa's."""
    p = {k: v for k, v in case["parameters"].items() if k != "of"}
    mel = extract({"use": "feature.melspectrogram", "parameters": case["parameters"]["of"]})
    agree = error(mel, librosa.feature.melspectrogram(y=y, sr=sr, **case["parameters"]["of"])) <= LIMIT / 10
    return agree and error(ours, hpss_of(mel, p)) <= LIMIT / 10


QUOTIENT = Rule(
    "The inverse transform divides by the sum of squared windows. Where windows end and nothing overlaps that sum goes to 0, and roundings "
    "of single precision are divided by it on both sides. Times that sum, both agree within 1e-5.", quotient)
NOTHING = Rule(
    "One part holds nothing of the sound: roundings of 0 on both sides, below 1e-12 of it.",
    lambda case, y, sr, ours, theirs, extract: max(np.max(np.abs(ours)), np.max(np.abs(theirs))) <= 1e-12 * np.max(np.abs(y)))
HARD = Rule(
    "A mask of zeros and ones between two medians that are equal but for roundings: librosa's own output moves as far, within three "
    "times, when its medians move by a unit in the last place.", hard)
THRESHOLD = Rule(
    "The level of a frame lies on the threshold: librosa gives our samples, all of them, when top_db is moved by 0.0001 dB.", threshold)


def our_angles(z):
    """np.angle as our code computes it in single precision: a polynomial of the quotient, the last steps fused."""
    one, x, y = np.float32(1), z.real.astype(np.float32), z.imag.astype(np.float32)
    a, b = np.abs(x), np.abs(y)
    steep, large = b > a, np.maximum(a, b)
    q = np.where(steep, -a, b) / np.where(large == 0, one, large)
    w = (q * q) * (q * q)
    c = [np.float32(v) for v in (0.0027187716, 0.041934412, 0.1061487, -0.01557307, -0.074444123, -0.14197528)]
    even = fused((c[0] * w + c[1]) * w + c[2], w, np.float32(0.1999192))
    odd = fused((c[3] * w + c[4]) * w + c[5], w, np.float32(-0.33333042))
    angle = fused(fused(odd, q * q, fused(even, w, one)), q, np.where(steep, np.float32(np.pi / 2), np.float32(0)))
    angle = np.copysign(np.where(np.signbit(x), np.float32(np.pi) - angle, angle), y)
    true = np.arctan2(y.astype(np.float64), x.astype(np.float64))
    assert np.all(np.abs(angle - true) <= 4 * np.spacing(np.abs(angle))), "an angle of ours is wrong"
    return angle


def again(case, y, sr):
    return np.atleast_2d(PLUGINS[case["use"]].reference(y, sr, dict(case["parameters"])))


def last_bits(case, y, sr, ours, theirs, extract):
    return moves(NoisyTransform, lambda: again(case, y, sr), ours, theirs)


def cancelled(case, y, sr, ours, theirs, extract):
    return moves(CancelledBins, lambda: again(case, y, sr), ours, theirs)


def fused(x, y, z):
    return (x.astype(np.float64) * y + z).astype(np.float32)


@contextlib.contextmanager
def librosa_with_our_angles():
    original, np.angle = np.angle, our_angles
    try:
        yield
    finally:
        np.angle = original


def angle(case, y, sr, ours, theirs, extract):
    with librosa_with_our_angles():
        return error(ours, again(case, y, sr)) <= LIMIT / 5


def angle_and_another(case, y, sr, ours, theirs, extract):
    with librosa_with_our_angles():
        theirs = again(case, y, sr)
        return any(rule.check(case, y, sr, ours, theirs, extract) for rule in OTHER_PHASES.values())


class Vocoder:
    """librosa's phase vocoder, with sums that lie within `near` of the middle between two floats rounded to the other one if (bin, frame)
    is in `flips`. `ties` are all such sums, where a rounding step weighs more than the angle itself."""

    def __init__(self, near=7.2e-7):  # a last bit of each angle and one of their difference
        self.near, self.flips, self.ties = near, set(), []

    def __call__(self, D, *, rate, hop_length=None, n_fft=None):
        n_fft = n_fft or 2 * (D.shape[-2] - 1)
        hop = hop_length or n_fft // 4
        steps = np.arange(0, D.shape[-1], rate, dtype=float)
        own = hop * librosa.fft_frequencies(sr=2 * np.pi, n_fft=n_fft)
        X = np.pad(D, [(0, 0), (0, 2)])
        result, total, self.ties = np.zeros((len(X), len(steps)), X.dtype), np.angle(X[:, 0]), []
        for t, step in enumerate(steps):
            pair = X[:, int(step) : int(step + 2)]
            weight = np.mod(step, 1.0)
            result[:, t] = librosa.util.phasor(total, mag=(1 - weight) * np.abs(pair[:, 0]) + weight * np.abs(pair[:, 1]))
            turn = np.angle(pair[:, 1]) - np.angle(pair[:, 0]) - own
            exact = total.astype(float) + (own + (turn - 2 * np.pi * np.round(turn / (2 * np.pi))))
            total = exact.astype(np.float32)
            rest = exact - total
            other = np.nextafter(total, np.where(rest > 0, np.inf, -np.inf).astype(np.float32), dtype=np.float32)
            gap = np.abs(other.astype(float) - total)
            for bin in np.flatnonzero((gap / 2 - np.abs(rest) <= self.near) & (gap > 1e-4)):
                self.ties.append((int(bin), t))
                if (int(bin), t) in self.flips:
                    total[bin] = other[bin]
        return result


def tie(case, y, sr, ours, theirs, extract):
    """Whether librosa gives our output when some of its sums of phases next to a tie are rounded the other way."""
    original, vocoder = librosa.core.phase_vocoder, Vocoder()
    librosa.core.phase_vocoder = vocoder
    try:
        best = error(again(case, y, sr), theirs)
        if ours.shape != theirs.shape or best > LIMIT / 100:
            return False
        best = error(ours, theirs)
        for candidate in vocoder.ties[:200]:
            vocoder.flips.add(candidate)
            moved = error(ours, again(case, y, sr))
            if moved <= LIMIT / 5:
                return True
            if moved < best:
                best = moved
            else:
                vocoder.flips.remove(candidate)
        return best <= LIMIT
    finally:
        librosa.core.phase_vocoder = original


# Our angles follow NumPy's on processors with AVX-512; elsewhere NumPy asks the C library, whose last bits are others.
FOLLOWED = np._core._multiarray_umath.__cpu_features__.get("AVX512_SKX")
OTHER_PHASES = {
    "quotient": QUOTIENT,
    "tie": Rule("The same, on the very sums: where they lie within last bits (7.2e-7) of the middle between two floats, "
    "librosa's output is ours when up to 200 of them, tried in turn, are rounded the other way.", tie),
    "transform": Rule("The same, where the last bit is one of the Fourier transform: librosa itself moves by a third of the difference or "
    "more in one of 16 runs with errors of half a unit of double precision in its transform.", last_bits),
    "cancelled": Rule("A bin of a short transform cancels, as in sounds of a few equal values: its angle is that of a rounding of 0, and all "
    "later phases follow it. librosa itself moves by a third of the difference or more in one of 16 runs with other roundings in such bins.",
    cancelled),
}
PHASES = {
    "lengths": (5000, 60_000),  # phases add up: their rounding shows only over seconds
    "share": 0.1 if FOLLOWED else 0.25,
    "golden_limit": 1e-4,
    "rules": {
        "angle": Rule("librosa adds up phases in float32, and one last bit of an angle moves such a sum by a rounding step of the sum. "
    "NumPy's arctan2 gives other last bits on other processors. Ours follows the one for AVX-512 in 99 of 100 bits. The output "
    "is librosa's when np.angle is given our angles, all within 4 units in the last place of the true ones.", angle),
        **OTHER_PHASES,
        "both": Rule(
            "Two of these at once: given our angles, librosa has an output whose difference from ours one of the others explains.",
            angle_and_another),
    },
}

PLUGINS = {
    "augment.time_stretch": Plugin(
        time_stretch, lambda y, sr, p: librosa.effects.time_stretch(y, **arguments(p)), **PHASES, timed={"rate": 0.8},
        goldens=[
            ("voice", 3000, 22050, {"rate": 0.8}),
            ("voice", 6000, 22050, {"rate": 2.5}),
            ("tone", 100, 22050, {"rate": 0.5}),
            ("click", 9000, 22050, {"rate": 0.5}),
        ]),
    "augment.pitch_shift": Plugin(
        pitch_shift, lambda y, sr, p: librosa.effects.pitch_shift(y, sr=sr, **arguments(p)), **PHASES, timed={"n_steps": 0.7},
        goldens=[
            ("voice", 3000, 22050, {"n_steps": 0.7}),
            ("voice", 2000, 22050, {"n_steps": -7, "bins_per_octave": 24, "scale": True}),
            ("voice", 600, 22050, {"n_steps": 3, "n_fft": 256, "window": "hamming"}),
        ]),
    "augment.harmonic": Plugin(
        separate, separated(0), lengths=(2000, 40_000), share=0.2,
        rules={"nothing": NOTHING, "quotient": QUOTIENT, "hard": HARD},
        goldens=[
            ("voice", 3000, 22050, {"n_fft": 512}),
            ("click", 3000, 22050, {"n_fft": 256, "kernel_size": [5, 9], "power": 1, "margin": [2, 1]}),
        ]),
    "augment.percussive": Plugin(
        separate, separated(1), lengths=(2000, 40_000), share=0.2,
        rules={"nothing": NOTHING, "quotient": QUOTIENT, "hard": HARD},
        goldens=[
            ("voice", 3000, 22050, {"n_fft": 512}),
            ("click", 3000, 22050, {"n_fft": 256, "kernel_size": 8, "power": 0.5, "window": "hamming"}),
        ]),
    "augment.preemphasis": Plugin(
        emphasis, lambda y, sr, p: librosa.effects.preemphasis(y, **p),
        goldens=[("voice", 300, 22050, {}), ("voice", 300, 22050, {"coef": 0.5, "zi": 0.25})]),
    "augment.deemphasis": Plugin(
        emphasis, lambda y, sr, p: librosa.effects.deemphasis(y, **p),
        goldens=[("voice", 300, 22050, {}), ("voice", 300, 22050, {"coef": 0.5, "zi": 0.25})]),
    "augment.trim": Plugin(
        silence, trim, rules={"threshold": THRESHOLD}, timed={"top_db": 30},
        goldens=[("click", 5000, 22050, {"top_db": 20, "frame_length": 400, "hop_length": 100}), ("silence", 100, 22050, {})]),
    "augment.split": Plugin(
        silence, split, rules={"threshold": THRESHOLD}, timed={"top_db": 30},
        goldens=[("click", 5000, 22050, {"top_db": 20, "frame_length": 400, "hop_length": 100}), ("silence", 100, 22050, {})]),
    "augment.remix": Plugin(
        remix, remixed, timed={"interval": 0.25, "order": "reversed", "align_zeros": True},
        goldens=[
            ("voice", 1000, 22050, {"interval": 0.01, "order": "reversed", "align_zeros": True}),
            ("tone", 1000, 22050, {"interval": 0.007, "order": "reversed", "align_zeros": False}),
        ]),
    "feature.hpss": Plugin(
        hpss, transform=hpss_of, of="feature.melspectrogram", timed={"part": "harmonic"}, share=0.2,
        rules={
            "input": Rule(
                "A mask is a ratio: in bands of nothing but rounding it compares roundings of the mel spectrogram that it reads. The spectrograms "
                "agree within 1e-5, and ours is within 1e-5 librosa's separation of our spectrogram.", masked),
        },
        goldens=[
            ("clicks", 60, 8, {"kernel_size": [1, 2]}),
            ("clicks", 60, 8, {"part": "percussive", "kernel_size": [5, 1], "power": 1}),
            ("click", 60, 22050, {"mask": True}),
        ]),
}
