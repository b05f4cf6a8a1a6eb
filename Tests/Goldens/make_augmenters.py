"""Writes augmenters.json: what SciPy, NumPy and the formulas of ITU-T G.711 give for what the augmenters do.

Signals are made by the same formulas as in the Swift tests. Run with SciPy 1.17 and NumPy 2.4:

    python Tests/Goldens/make_augmenters.py
"""

import json
import pathlib

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


if __name__ == "__main__":
    result = dict(filters=filters())
    path = pathlib.Path(__file__).with_name("augmenters.json")
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size, "bytes")
