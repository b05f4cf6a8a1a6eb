"""librosa's side of the benchmark, on one thread. See peer.py."""
import os
import tempfile

for name in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ[name + "_NUM_THREADS"] = "1"
# Level 10, librosa's default once there is a folder: filter banks and windows are kept, nothing that depends on the signal. A
# vector takes some 6 % less time with it.
cache = tempfile.TemporaryDirectory(prefix="librosa-")
os.environ["LIBROSA_CACHE_DIR"] = cache.name
os.environ["LIBROSA_CACHE_LEVEL"] = "10"

import librosa  # noqa: E402
import numba  # noqa: E402
import numpy  # noqa: E402
import scipy  # noqa: E402
import soundfile  # noqa: E402

from notebook_vector import vector  # noqa: E402
from peer import serve  # noqa: E402


def read(path):
    return soundfile.read(path, dtype="float32")


def vector_task(path, _):
    y, rate = read(path)
    return lambda: vector(y, rate)


def stretch(rate, path):
    y, _ = read(path)
    return lambda: librosa.effects.time_stretch(y, rate=float(rate))


def shift(steps, path):
    y, rate = read(path)
    return lambda: librosa.effects.pitch_shift(y, sr=rate, n_steps=float(steps))


def clip(source, target):
    """Writes the notebook's part of a recording, as it loads it, as 32-bit float."""
    y, rate = librosa.load(source, offset=0.6, duration=2.5)
    soundfile.write(target, y, rate, subtype="FLOAT")
    return {"samples": len(y)}


versions = f"NumPy {numpy.__version__}, SciPy {scipy.__version__}, Numba {numba.__version__}"
serve(f"librosa {librosa.__version__} ({versions})", {"vector": vector_task, "stretch": stretch, "shift": shift}, {"clip": clip})
