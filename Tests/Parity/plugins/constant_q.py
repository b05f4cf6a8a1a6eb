"""Transforms with bins at steps of pitch."""

import librosa
import numpy as np

from draws import ALL_PADS, LARGEST, RESAMPLERS, STFT_PADS, WINDOWS, arguments, some
from plugin import LIMIT, Plugin, Rule, error

# A window whose first value is 0 but for rounding has no smallest value to divide by; that of a narrow one makes librosa's filters infinite.
SMALLEST = ["hamming", "boxcar", ["general_hamming", 0.6]]
C1 = 32.70319566257483


def bands(r, samples, rate):
    """Hop, lowest frequency, bins and their division, within half the sample rate and within a few seconds of work."""
    hop = r.choice([512, 512, 512, 256, 1024, 128, 768, 384, 100, 441, 1, 7, 4096, r.randint(1, 2048)])
    fmin = r.choice([None, None, 55, 65.4, 220, 1000 * rate / 22050, rate / 512, r.uniform(30, 2000) * rate / 44100])
    per_octave = r.choice([12, 12, 24, 36, 48, 5, 7, 1, 3, 60, r.randint(1, 40)])
    octaves = np.log2(rate / 2 * 0.85 / (fmin or C1)) - 2 / per_octave
    n_bins = r.choice([int(octaves * per_octave), int(octaves) * per_octave, r.randint(1, 100), 1, 84])
    n_bins = max(1, min(n_bins, int(octaves * per_octave)))
    # Odd hops keep the rate for low octaves, whose filters are then long.
    longest = 1.5 * per_octave * rate / (fmin or C1)
    twos = (hop & -hop).bit_length() - 1
    cost = max(1, longest / 2 ** min(twos, n_bins // per_octave)) * (samples / hop)
    hop *= max(1, int(cost / (60 * LARGEST)))
    # librosa refuses what is shorter than its first downsampling, of which an odd hop has none; ours takes it.
    hop |= samples <= 1000
    p = {"hop_length": hop, "n_bins": n_bins, "bins_per_octave": per_octave}
    return p if fmin is None else p | {"fmin": fmin}


def filters(r, p):
    some(r, p, 0.3, "tuning", [None, r.uniform(-0.5, 0.5), 0.25])
    some(r, p, 0.3, "filter_scale", [0.5, 0.8, 1.5, r.uniform(0.3, 2)])
    some(r, p, 0.4, "window", WINDOWS)
    some(r, p, 0.4, "norm", [None, "inf", "-inf", 0, 0.7, 1, 2, 2.5])
    if p.get("norm") == "-inf":
        p["window"] = r.choice(SMALLEST)
    some(r, p, 0.4, "sparsity", [0, 0.001, 0.05, r.uniform(0, 0.5)])
    some(r, p, 0.3, "scale", [False])
    some(r, p, 0.5, "pad_mode", STFT_PADS)
    some(r, p, 0.2, "res_type", RESAMPLERS)
    some(r, p, 0.3, "output", ["power", "db"])
    return p


def cqt(r, samples, rate):
    return filters(r, bands(r, samples, rate))


def vqt(r, samples, rate):
    p = filters(r, bands(r, samples, rate))
    some(r, p, 0.5, "intervals", ["equal", "pythagorean", "ji3", "ji5", "ji7", [1, 1.125, 1.25, 1.5, 5 / 3], [1, 1.4]])
    some(r, p, 0.5, "gamma", [0, 5, 30, r.uniform(0, 50)])
    if isinstance(p.get("intervals"), list):
        # As many bins as before, but no more octaves.
        p["n_bins"] = max(1, p["n_bins"] * len(p["intervals"]) // (p["bins_per_octave"] + 1))
    return p


def magnitude(transform, y, sr, p, **more):
    """The values of a transform in the form that `output` names."""
    p = arguments(p)
    form = p.pop("output", "magnitude")
    values = np.abs(transform(y, sr=sr, **p, **more))
    if form == "db":
        return librosa.amplitude_to_db(values)
    return values**2 if form == "power" else values


def of(transform):
    return lambda y, sr, p: magnitude(transform, y, sr, p)


def tuned(reference):
    """A rule for transforms that estimate their tuning, from the reference that takes it as a parameter."""

    def check(case, y, sr, ours, theirs, extract):
        from plugins.tonal import is_undetermined, likely_tunings

        p = dict(case["parameters"])
        if p.get("tuning", 0 if case["use"] in ("feature.cqt", "feature.vqt", "feature.hybrid_cqt") else None) is not None:
            return False
        S = np.abs(librosa.stft(y))
        per_octave = steps(case)
        near, edges = likely_tunings(S, sr, per_octave)

        def is_ours(tunings):
            return any(error(ours, np.atleast_2d(reference(y, sr, p | {"tuning": float(t)}))) <= LIMIT for t in tunings)

        return is_ours(near) or (is_undetermined(S, sr, per_octave) and is_ours(edges[:-1]))

    return check


def steps(case):
    """Bins in an octave of the transform that a case is about."""
    p = case["parameters"]
    if isinstance(p.get("intervals"), list):
        return len(p["intervals"])
    return p.get("bins_per_octave", 36 if "chroma" in case["use"] or "tonnetz" in case["use"] else 12) or p.get("n_chroma", 12)


def iirt(r, samples, rate):
    win = r.choice([2048, 2048, 1024, 4096, 500, r.randint(60, 6000)])
    p = {"win_length": win}
    some(r, p, 0.6, "hop_length", [512, 256, r.randint(50, 3000)])
    some(r, p, 0.4, "tuning", [r.uniform(-0.5, 0.5), 0.3])
    some(r, p, 0.4, "pad_mode", ALL_PADS)
    some(r, p, 0.2, "flayout", ["sos", "ba"])
    some(r, p, 0.3, "res_type", RESAMPLERS[:5])
    some(r, p, 0.3, "q", [10, 25, 40])
    some(r, p, 0.2, "passband_ripple", [0.1, 0.5, 3])
    some(r, p, 0.2, "stopband_attenuation", [30, 60, 80])
    if r.random() < 0.2:
        p |= {"center_freqs": [110, 400.5, 3000, 52.0], "sample_rates": [882, 2205, 16000, 882]}
    if r.random() < 0.2 and samples >= max(win, rate // 10):
        p["center"] = False
    elif samples + win < rate // 25:
        # librosa refuses what is shorter at 882 Hz than the extension at its ends, 27 samples for most filters; ours takes it.
        p["win_length"] = rate // 10
    return p


def semitones(y, sr, p):
    p = dict(p)
    if "q" in p:
        p["Q"] = p.pop("q")
    for name in ("center_freqs", "sample_rates"):
        if name in p:
            p[name] = np.array(p[name], dtype=float)
    if p.get("center_freqs") is not None:
        p.pop("tuning", None)
    return librosa.iirt(y, sr=sr, **p)


def layout(case, y, sr, ours, theirs, extract):
    p = case["parameters"]
    return p.get("flayout") == "ba" and error(ours, np.atleast_2d(semitones(y, sr, p | {"flayout": "sos"}))) <= LIMIT


LAYOUT = Rule(
    "librosa's `ba` form multiplies the filter out to polynomials of degree 8, whose rounded coefficients move the poles. Ours runs "
    "the same filter as sections whatever the form, and is what librosa gives for `sos`.", layout)


def whole(reference):
    """Whether ours is librosa's result with a lowest frequency that differs by a few roundings."""

    def check(case, y, sr, ours, theirs, extract):
        p = case["parameters"]
        changes = [step * 2.3e-16 for step in (1, -1, 2, -2, 4, -4)]
        others = (reference(y, sr, p | {"fmin": (p.get("fmin") or C1) * (1 + change)}) for change in changes)
        return any(error(ours, np.atleast_2d(other)) <= LIMIT for other in others)

    return Rule(
        "A filter's length is a whole number of samples but for rounding, which decides whether its last sample is there: ours is librosa's "
        "result with a lowest frequency that differs by four roundings or less.", check)


def nothing(case, y, sr, ours, theirs, extract):
    quiet = case["parameters"].get("output") != "db" and ours.shape == theirs.shape
    return quiet and max(np.max(np.abs(ours)), np.max(np.abs(theirs))) <= 1e-12 * np.max(np.abs(y))


NOTHING = Rule("A constant sound, in which every bin is the rounding of 0: below 1e-12 of the sound on both sides.", nothing)


def transform(draw, function, goldens):
    from plugins.tonal import TUNING

    rules = {"tuning": Rule(TUNING.text, tuned(of(function))), "nothing": NOTHING, "whole": whole(of(function))}
    return Plugin(draw, of(function), goldens=goldens, rules=rules)


VOICE = ("voice", 3000, 22050)
PLUGINS = {
    "feature.cqt": transform(cqt, librosa.cqt, [
        (*VOICE, {}),
        (*VOICE, {
            "n_bins": 30, "bins_per_octave": 24, "fmin": 110, "hop_length": 441, "tuning": 0.2, "norm": 2, "window": "hamming",
            "scale": False, "output": "db"}),
        ("tone", 3000, 44100, {
            "n_bins": 24, "hop_length": 1024, "fmin": 55, "pad_mode": "reflect", "sparsity": 0.1, "filter_scale": 0.6,
            "output": "power"}),
    ]),
    "feature.vqt": transform(vqt, librosa.vqt, [
        (*VOICE, {}),
        (*VOICE, {"intervals": "ji5", "n_bins": 36, "gamma": 3}),
        (*VOICE, {"intervals": [1, 1.2, 1.5], "n_bins": 15, "gamma": 0}),
    ]),
    "feature.hybrid_cqt": transform(cqt, librosa.hybrid_cqt, [
        (*VOICE, {}), (*VOICE, {"hop_length": 256, "scale": False, "n_bins": 60}),
    ]),
    "feature.iirt": Plugin(iirt, semitones, rules={"layout": LAYOUT}, goldens=[
        ("voice", 6000, 22050, {}),
        ("voice", 6000, 22050, {
            "center_freqs": [110, 3000], "sample_rates": [882, 16000], "q": 10, "win_length": 1000, "hop_length": 300,
            "center": False}),
    ]),
}
