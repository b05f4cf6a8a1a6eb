"""How librosa is set up: import this before librosa."""
import os
import tempfile

for name in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ[name + "_NUM_THREADS"] = "1"
# Level 10, librosa's default once there is a folder: filter banks and windows are kept, nothing that depends on the signal. A
# vector takes some 6 % less time with it.
cache = tempfile.TemporaryDirectory(prefix="librosa-")
os.environ["LIBROSA_CACHE_DIR"] = cache.name
os.environ["LIBROSA_CACHE_LEVEL"] = "10"


def name():
    import librosa
    import numba
    import numpy
    import scipy

    return f"librosa {librosa.__version__} (NumPy {numpy.__version__}, SciPy {scipy.__version__}, Numba {numba.__version__})"
