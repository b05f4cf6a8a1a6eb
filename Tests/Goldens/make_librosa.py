"""Writes librosa/<plugin>.json: what the published functions compute for signals that Swift makes by the same formula.

    pip install librosa==0.11.0 numpy==2.4.6 scipy==1.17.1 soxr==1.1.0 praat-parselmouth==0.4.6
    python make_librosa.py [ID]…

The cases stand beside the plugins' draws in Tests/Parity/plugins.
"""

import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "Parity"))

from plugins import PLUGINS, reference  # noqa: E402
from signals import pulses  # noqa: E402


def generator():
    """Numbers within ±1, the same as in Swift."""
    state = 1

    def draw():
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return state / 2**31 - 1

    return draw


def signal(kind, count, rate):
    """Two tones and a little noise of a linear congruential generator; a pure tone; a click; silence; a
    constant; a voice of uneven pulses through resonators."""
    t = np.arange(count) / rate
    if kind == "voice":
        draw = generator()
        noise = np.array([draw() for _ in range(count)])
        y = 0.4 * np.sin(2 * np.pi * 221.5 * t) + 0.2 * np.sin(2 * np.pi * 1330 * t) + 0.05 * noise
    elif kind == "pulses":
        y = pulses(count, rate, generator(), 120, 0.03)
    elif kind == "tone":
        y = 0.5 * np.sin(2 * np.pi * 440 * t)
    elif kind == "click":
        y = np.where(np.arange(count) == count // 2, 1.0, 0.0)
    elif kind == "clicks":
        y = np.where(np.arange(count) % (rate // 2) == 0, 1.0, 0.0)
    else:
        assert kind == "silence", kind
        y = np.zeros(count)
    return y.astype(np.float32)


def values(use, kind, count, rate, parameters):
    y, plugin = signal(kind, count, rate), PLUGINS[use]
    if plugin.transform is not None:
        return np.atleast_2d(plugin.transform(y.reshape(2, count // 2), dict(parameters)))
    return reference(use, y, rate, parameters)


def golden(use, kind, count, rate, parameters):
    matrix = np.asarray(values(use, kind, count, rate, parameters), dtype=np.float64)
    assert np.isfinite(matrix).all(), use
    return {
        "use": use, "signal": kind, "count": count, "rate": rate, "parameters": parameters, "bins": matrix.shape[0],
        "limit": PLUGINS[use].golden_limit, "values": [float(f"{v:.9g}") for v in matrix.ravel()],
    }


folder = HERE / "librosa"
folder.mkdir(exist_ok=True)
for use, plugin in PLUGINS.items():
    if plugin.goldens and (len(sys.argv) == 1 or use in sys.argv):
        items = [json.dumps(golden(use, *case), separators=(",", ":")) for case in plugin.goldens]
        (folder / f"{use}.json").write_text("[\n" + ",\n".join(items) + "\n]\n")
