"""Writes augmenters.json: what SciPy, NumPy, librosa's resampler and the tables of ITU-T G.711 give for what the augmenters do.

Signals are made by the same formulas as in the Swift tests. Run with SciPy 1.17, NumPy 2.4 and librosa 0.11:

    python Tests/Goldens/make_augmenters.py
"""

import json
import pathlib

import librosa
import numpy as np
import scipy.signal as sp


def voice(count, rate):
    """Two partials and noise from a linear congruential generator: `Golden.samples("voice", …)` in Swift."""
    state, out = 1, []
    for i in range(count):
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        t = 2 * np.pi * i / rate
        out.append(0.4 * np.sin(221.5 * t) + 0.2 * np.sin(1330 * t) + 0.05 * (state / 2_147_483_648 - 1))
    return np.array(out, dtype=np.float32)


def numbers(values, digits=9):
    return [float(f"%.{digits}g" % v) for v in np.asarray(values, dtype=float)]


def filters():
    cases = []
    for kind, order, edges, rate, count in [
        ("lowpass", 1, [1000], 16000, 200),
        ("lowpass", 2, [3000], 22050, 200),
        ("lowpass", 7, [900], 22050, 300),
        ("lowpass", 16, [5000], 44100, 200),
        ("highpass", 2, [300], 22050, 300),
        ("highpass", 5, [1500], 8000, 200),
        ("bandpass", 2, [500, 1500], 22050, 300),
        ("bandpass", 3, [300, 3400], 8000, 200),
        ("bandpass", 6, [900, 1100], 16000, 300),
        ("lowpass", 3, [2000], 8000, 5),
    ]:
        x = voice(count, rate)
        sos = sp.butter(order, edges[0] if len(edges) == 1 else edges, kind, fs=rate, output="sos")
        rest = sp.sosfilt(sos, x)
        steady, _ = sp.sosfilt(sos, x, zi=sp.sosfilt_zi(sos) * x[0])
        case = dict(kind=kind, order=order, edges=edges, rate=rate, count=count)
        case |= dict(rest=numbers(rest[:60]), steady=numbers(steady[-60:]))
        # The default continuation needs a signal that is longer than it.
        if count > 100:
            case["both"] = numbers(sp.sosfiltfilt(sos, x)[::4])
        cases.append(case)
    return cases


def decision_values(law):
    """Where one code gives way to the next, of one sign, as the recommendation tabulates them."""
    if law == "mulaw":
        values, steps = [0, 1], [2] * 15 + [2 ** (k + 2) for k in range(7) for _ in range(16)]
    else:
        values, steps = [0], [2] * 32 + [2 ** (k + 2) for k in range(6) for _ in range(16)]
    for step in steps:
        values.append(values[-1] + step)
    return np.array(values, dtype=float)


def companding_tables(law):
    """The decision values and what each of the 128 codes of a sign stands for, as shares of full scale."""
    values = decision_values(law)
    if law == "mulaw":
        return values / 8192, np.concatenate([[0], (values[1:-1] + values[2:]) / 2]) / 8192
    return values / 4096, (values[:-1] + values[1:]) / 2 / 4096


def compand(law, x):
    """The index of a sample's code, of one sign, and what it stands for."""
    decisions, outputs = companding_tables(law)
    index = np.clip(np.searchsorted(decisions, np.abs(x), side="right") - 1, 0, 127)
    return index, np.where(np.asarray(x) < 0, -outputs[index], outputs[index])


def companding():
    x = np.concatenate([[0, -0.0001, 1, -1, 3, -3], voice(150, 8000), np.geomspace(1e-5, 1, 60)]).astype(np.float32)
    result = []
    for law in ["mulaw", "alaw"]:
        index, _ = compand(law, x.astype(float))
        if law == "mulaw":
            codes = np.where(x < 0, 0x7F, 0xFF) - index
        else:
            codes = (index | np.where(x < 0, 0, 0x80)) ^ 0x55
        outputs = companding_tables(law)[1] * 32768
        assert np.all(outputs == np.round(outputs)) and len(outputs) == 128
        result.append(dict(law=law, samples=numbers(x), codes=[int(c) for c in codes], outputs=[int(o) for o in outputs]))
    return result


def convolution():
    a, b = voice(150, 8000), voice(41, 3000)
    return numbers(sp.convolve(a.astype(float), b.astype(float)))


def fade_pair(length, energy):
    x = np.linspace(0, 1, length)
    a = x * (1 - x)
    b = a * (1 + (1.4186 if energy else -0.70912) * a)
    return (b + x) ** 2, (b + 1 - x) ** 2


def shifted(y, rate, places, rollover, fade):
    out = np.roll(y, places)
    if not rollover:
        out[slice(0, places) if places > 0 else slice(places, None)] = 0
    n, seam = int(rate * fade), places % len(y)
    up, down = fade_pair(n, True)
    if n and (rollover or places > 0):
        part = out[seam : seam + n]
        part *= up[: len(part)]
    if n and (rollover or places < 0):
        part = out[max(0, seam - n) : seam]
        part *= down[n - len(part) :]
    return out


def masked(y, rate, share, location, fade):
    out, t = y.copy(), int(len(y) * share)
    start = 0 if location == "start" else len(y) - t
    n = min(round(rate * fade), t // 2)
    weights = np.zeros(t)
    if n >= 2:
        up, down = fade_pair(n, False)
        weights[:n], weights[t - n :] = down, up
    out[start : start + t] *= weights
    return out


def telephone(y, rate, law, low, high, line):
    sent = librosa.resample(y, orig_sr=rate, target_sr=line)
    sos = sp.butter(4, [low, high], "bandpass", fs=line, output="sos")
    _, received = compand(law, sp.sosfiltfilt(sos, sent).astype(np.float32).astype(float))
    return librosa.resample(received.astype(np.float32), orig_sr=line, target_sr=rate)[: len(y)]


def butter(y, rate, kind, edges, rolloff, both):
    sos = sp.butter(rolloff // (12 if both else 6), edges, kind, fs=rate, output="sos")
    return sp.sosfiltfilt(sos, y) if both else sp.sosfilt(sos, y, zi=sp.sosfilt_zi(sos) * y[0])[0]


def clipped(y, percent):
    low, high = np.percentile(y, [percent / 2, 100 - percent / 2])
    return np.clip(y, np.float32(low), np.float32(high))


def effects():
    def case(use, compute, count=250, rate=8000, **parameters):
        values = compute(voice(count, rate).astype(np.float64 if "shift" in use or "mask" in use else np.float32), rate)
        values = np.asarray(values, dtype=np.float32)
        return dict(
            use="augment." + use, signal="voice", count=count, rate=rate, parameters=parameters, bins=1, limit=1e-6,
            values=numbers(values),
        )

    return [
        case("gain", lambda y, r: y.astype(float) * 10 ** (-7.5 / 20), gain_db=-7.5),
        case("polarity_inversion", lambda y, r: -y),
        case("clipping_distortion", lambda y, r: clipped(y, 30), percentile_threshold=30),
        case("clipping_distortion", lambda y, r: clipped(y, 7.3), count=99, percentile_threshold=7.3),
        case("shift", lambda y, r: shifted(y, r, 62, True, 0.005), shift=0.25),
        case("shift", lambda y, r: shifted(y, r, -80, True, 0.02), shift=-80, shift_unit="samples", fade_duration=0.02),
        case(
            "shift", lambda y, r: shifted(y, r, 16, False, 0.005), shift=0.002, shift_unit="seconds", rollover=False
        ),
        case("shift", lambda y, r: shifted(y, r, -245, False, 0.005), shift=-0.98, rollover=False),
        case("time_mask", lambda y, r: masked(y, r, 0.3, "start", 0.002), band_part=0.3, fade_duration=0.002, mask_location="start"),
        case("time_mask", lambda y, r: masked(y, r, 0.1, "end", 0.005), band_part=0.1, mask_location="end"),
        case("time_mask", lambda y, r: masked(y, r, 0.2, "end", 0), band_part=0.2, fade_duration=0, mask_location="end"),
        case("low_pass", lambda y, r: butter(y, r, "lowpass", 900, 18, False), cutoff_freq=900, rolloff=18),
        case("low_pass", lambda y, r: butter(y, r, "lowpass", 0.9999 * 4000, 12, False), cutoff_freq=20000),
        case("high_pass", lambda y, r: butter(y, r, "highpass", 400, 24, True), cutoff_freq=400, rolloff=24, zero_phase=True),
        case(
            "band_pass", lambda y, r: butter(y, r, "bandpass", [600, 1400], 12, False), center_freq=1000,
            bandwidth_fraction=0.8,
        ),
        case("codec", lambda y, r: telephone(y, r, "mulaw", 300, 3400, 8000), count=400, rate=16000),
        case(
            "codec", lambda y, r: telephone(y, r, "alaw", 200, 2500, 6000), count=300, rate=8000, law="alaw", low=200,
            high=2500, sample_rate=6000,
        ),
        case(
            "resample",
            lambda y, r: librosa.resample(librosa.resample(y, orig_sr=r, target_sr=5000), orig_sr=5000, target_sr=r)[: len(y)],
            sample_rate=5000,
        ),
    ]


if __name__ == "__main__":
    result = dict(filters=filters(), companding=companding(), convolution=convolution(), effects=effects())
    path = pathlib.Path(__file__).with_name("augmenters.json")
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size, "bytes")
