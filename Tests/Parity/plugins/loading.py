"""`librosa.load`: file types, channels, offset, duration, sample rate and resampler, sample by sample."""

import librosa
import numpy as np

from draws import RESAMPLERS
from plugin import Plugin


def load(r, samples, rate):
    """How a file is written and which part of it is read; `rate` is what it is resampled to, null for its own."""
    p = {"write": r.choice([["WAV", "PCM_16"], ["WAV", "PCM_24"], ["WAV", "FLOAT"], ["FLAC", "PCM_16"], ["AIFF", "PCM_16"]])}
    p |= {"channels": r.choice([1, 1, 2]), "rate": r.choice([None, 22050, 8000, 16000, 44100, 96000, r.randint(4000, 96000)])}
    p["offset"] = r.choice([0, 0.25, r.uniform(0, 0.5)]) if samples > 20_000 else 0
    # Beyond the end there is nothing to compare: librosa returns no sample, and ours says so.
    p["offset"] = min(p["offset"], 0.9 * samples / rate)
    p["duration"] = r.choice([None, 0.2, r.uniform(0.01, 1)])
    p["res_type"] = r.choice(RESAMPLERS)
    return p


def loaded(path, p):
    """Magnitudes of the samples, which is what `feature.rms` gives of frames of one sample."""
    y, _ = librosa.load(path, sr=p["rate"], offset=p["offset"], duration=p["duration"], res_type=p["res_type"])
    return np.abs(y)[None, :]


PLUGINS = {"load": Plugin(load, loaded, lengths=(3000, 200_000), timed=None)}
