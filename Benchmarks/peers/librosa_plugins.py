"""Every function of librosa that a plugin is named after, as Tests/Parity declares them, on one thread. See serve.py."""
import json
import pathlib
import sys

from peers import librosa_setup  # before librosa

import numpy  # noqa: I001
import soundfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests/Parity"))
from plugins import PLUGINS, reference  # noqa: E402

from peers.serve import serve  # noqa: E402

PRAAT = {"feature.formants", "feature.harmonics_to_noise", "feature.jitter", "feature.long_term_average_spectrum", "feature.shimmer"}
# What an effect that adds up phases in single precision may differ by: on speech, what librosa makes of float32 and of float64
# samples lies 2e-3 to 4e-3 apart.
LOOSE = {"augment.time_stretch": 1e-3, "augment.pitch_shift": 1e-3}


def parts(use):
    p = dict(PLUGINS[use].timed)
    return p, p.pop("of", {})


def settings(p):
    return [f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in p.items()]


def plugins(*_):
    """What can be timed: the id, the words that set Timbre up alike, and whose function it is."""
    listed = []
    for use, plugin in PLUGINS.items():
        if plugin.timed is None or not use.startswith(("feature.", "augment.")):
            continue
        p, of = parts(use)
        words = settings(p) + (["--of", plugin.of, *settings(of)] if plugin.transform else [])
        listed.append({"use": use, "words": words, "peer": "Praat" if use in PRAAT else "librosa"})
    return {"plugins": listed}


def work(use, path):
    y, rate = soundfile.read(path, dtype="float32")
    plugin, (p, of) = PLUGINS[use], parts(use)
    if plugin.transform is None:
        return lambda: plugin.reference(y, rate, dict(p))
    matrix = reference(plugin.of, y, rate, of)
    return lambda: plugin.transform(matrix, dict(p))


def check(words, work, file):
    """Compared as the parity tests do: by the plugin's own measure, and single frames may differ where it says why."""
    plugin = PLUGINS[words[0]]
    theirs = numpy.atleast_2d(work())
    ours = numpy.load(file)
    if ours.size != theirs.size:
        return {"deviation": float("inf")}
    ours = ours.reshape(theirs.T.shape).T
    if plugin.frames and plugin.differing(ours, theirs) <= 0.01 * theirs.shape[-1]:
        return {"deviation": 0.0}
    return {"deviation": float(plugin.error(ours, theirs)), "tolerance": LOOSE.get(words[0], plugin.limit)}


serve(librosa_setup.name(), {"plugin": work}, {"plugins": plugins}, compare=check)
