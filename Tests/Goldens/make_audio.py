"""Writes audio.json: what librosa makes of signals given by formula.

Made with librosa 0.11.0, soxr 1.1.0 (libsoxr 0.1.3), samplerate 0.2.4, soundfile 0.14.0, numpy >= 2, Python 3.11:
    pip install librosa==0.11.0 soxr==1.1.0 samplerate==0.2.4 soundfile==0.14.0
    python make_audio.py
"""
import base64
import json
import os
import tempfile

import librosa
import numpy as np
import soundfile

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = ["soxr_vhq", "soxr_hq", "soxr_mq", "soxr_lq", "soxr_qq", "sinc_best", "sinc_medium", "sinc_fastest"]


def signal(n):
    """Whole numbers over 2**15, the same in every language: two triangles of unequal periods and a click."""
    i = np.arange(n, dtype=np.int64)
    x = np.abs(i * 97 % 4001 - 2000) * 5 + np.abs(i * 1013 % 16001 - 8000) - 9000 + np.where(i == n // 2, 9000, 0)
    return (x / 32768).astype(np.float32)


def summary(y):
    """Length, every so many-th sample, and two sums that no sample escapes."""
    z = y.astype(np.float64)
    step = max(1, len(y) // 40)
    return {
        "length": len(y),
        "step": step,
        "samples": [float(v) for v in y[::step]],
        "energy": float(np.sum(z * z)),
        "moment": float(np.sum(z * np.cos(np.arange(len(z)) * 0.37))),
    }


def main():
    resampling = []
    for kind in TYPES:
        for n, source, target, scale in [
            (3000, 48000, 22050, False), (3000, 22050, 48000, False), (2999, 44100, 16000, True), (1501, 8000, 7999.5, False),
            (2500, 22050, 22050 * 2 ** (0.7 / 12), False), (7, 48000, 22050, False), (1, 8000, 44100, False),
        ]:
            y = librosa.resample(signal(n), orig_sr=source, target_sr=target, res_type=kind, scale=scale)
            resampling.append({"type": kind, "count": n, "from": source, "to": target, "scale": scale, **summary(y)})

    loading = []
    with tempfile.TemporaryDirectory() as folder:
        for name, rate, channels, subtype in [
            ("a.wav", 48000, 1, "PCM_16"), ("b.flac", 44100, 2, "PCM_16"), ("c.aiff", 8000, 3, "PCM_24"), ("d.wav", 192000, 8, "FLOAT"),
        ]:
            base = signal(rate)
            # Each channel is the signal delayed by so many samples.
            columns = np.stack([np.roll(base, 11 * c) for c in range(channels)], axis=1)
            path = os.path.join(folder, name)
            soundfile.write(path, columns, rate, subtype=subtype)
            for sr, offset, duration in [(22050, 0.6, 0.25), (None, 0.1, 0.3333), (16000, 0.0, None), (22050, 0.9, 2.5)]:
                y, _ = librosa.load(path, sr=sr, offset=offset, duration=duration)
                loading.append({
                    "rate": rate, "channels": channels, "container": name, "sr": sr, "offset": offset, "duration": duration,
                    **summary(y)})
    lossy = []
    with tempfile.TemporaryDirectory() as folder:
        for name, rate in [("tone.ogg", 22050), ("tone.mp3", 22050)]:
            path = os.path.join(folder, name)
            soundfile.write(path, (0.5 * np.sin(np.arange(rate // 4) * 2 * np.pi * 440 / rate)).astype(np.float32), rate)
            y, _ = librosa.load(path, sr=None, offset=0.05, duration=0.1)
            with open(path, "rb") as f:
                lossy.append({"name": name, "base64": base64.b64encode(f.read()).decode(), **summary(y)})
    with open(os.path.join(HERE, "audio.json"), "w") as f:
        json.dump({"librosa": librosa.__version__, "resampling": resampling, "loading": loading, "lossy": lossy}, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
