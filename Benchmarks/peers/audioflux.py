"""audioFlux's side of the benchmark: its mel spectrogram, on one thread. See serve.py.

The settings are the ones of Timbre's that both programs have: HTK's mel scale, filters of equal area, frames that are not centred.
"""
import os

os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import audioflux  # noqa: E402
import soundfile  # noqa: E402
from audioflux.type import (  # noqa: E402
    SpectralDataType, SpectralFilterBankNormalType, SpectralFilterBankScaleType, SpectralFilterBankStyleType, WindowType)

from peers.serve import fastest, serve  # noqa: E402

works = {}


def mel(path, *_):
    """The faster of its two classes for the purpose; both keep their filters and plans."""
    if path not in works:
        y, rate = soundfile.read(path, dtype="float32")
        common = {
            "num": 128, "radix2_exp": 11, "samplate": rate, "low_fre": 0.0, "high_fre": rate / 2, "window_type": WindowType.HANN,
            "slide_length": 512, "style_type": SpectralFilterBankStyleType.SLANEY,
            "normal_type": SpectralFilterBankNormalType.BAND_WIDTH, "data_type": SpectralDataType.POWER,
        }
        special = audioflux.MelSpectrogram(**common)
        general = audioflux.BFT(scale_type=SpectralFilterBankScaleType.MEL, **common)
        works[path] = fastest({"MelSpectrogram": lambda: special.spectrogram(y), "BFT": lambda: general.bft(y, result_type=1)})
    return works[path]


serve(f"audioFlux {audioflux.__version__}", {"plugin": lambda use, path: mel(path)})
