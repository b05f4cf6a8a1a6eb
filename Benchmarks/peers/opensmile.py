"""openSMILE's side of the benchmark: its low-level descriptors, on one thread. See serve.py."""
import pathlib

import numpy
import opensmile
import soundfile

from peers.serve import serve

CONFIGURATION = pathlib.Path(__file__).with_name("opensmile_mfcc.conf")


def work(smile, path):
    y, rate = soundfile.read(path, dtype="float32")
    return lambda: smile.process_signal(y, rate).to_numpy()


def mfcc(_, path):
    """13 coefficients of frames of 25 ms every 10 ms."""
    return work(opensmile.Smile(str(CONFIGURATION), "lld"), path)


def as_many(words, work, file):
    """Only how many numbers there are can be compared; a step of 10 ms is 220 samples for us, and 221 there."""
    ours, theirs = numpy.load(file).size, work().size
    return {"deviation": abs(ours - theirs) / theirs, "tolerance": 1e-2}


serve(f"openSMILE {opensmile.__version__}", {"plugin": mfcc}, compare=as_many)
