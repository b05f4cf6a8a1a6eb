"""librosa's side of the benchmark, on one thread. See serve.py."""
from peers import librosa_setup

import librosa  # noqa: I001
import soundfile

from notebook_vector import vector
from peers.serve import serve


def read(path):
    return soundfile.read(path, dtype="float32")


def vector_task(path, _):
    y, rate = read(path)
    return lambda: vector(y, rate)


def mel(path):
    y, rate = read(path)
    return lambda: librosa.feature.melspectrogram(y=y, sr=rate)


def clip(source, target):
    """Writes the notebook's part of a recording, as it loads it, as 32-bit float."""
    y, rate = librosa.load(source, offset=0.6, duration=2.5)
    soundfile.write(target, y, rate, subtype="FLOAT")
    return {"samples": len(y)}


serve(librosa_setup.name(), {"vector": vector_task, "mel": mel}, {"clip": clip})
