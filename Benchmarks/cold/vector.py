"""The notebook's vector of a recording, scaled."""
import librosa
import numpy

from notebook_vector import vector


def scaled_vector(audio, folder):
    y, rate = librosa.load(audio, sr=22_050, offset=0.6, duration=2.5)
    scaler = numpy.load(f"{folder}/scaler.npz")
    return ((vector(y, rate) - scaler["offset"]) / scaler["scale"]).astype(numpy.float32)
