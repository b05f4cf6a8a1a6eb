"""A clip like a voice, the same for everybody: harmonics of a gliding pitch under formants, in syllables, with some noise."""
import array
import math
import random
import sys
import wave


def write_clip(path, rate, seconds):
    """16 bits, mono. Without NumPy, so that bench.py runs where no peer is installed."""
    noise = random.Random(7)
    formants = [[(730, 90), (1090, 110), (2440, 160)], [(270, 60), (2290, 120), (3010, 180)], [(300, 70), (870, 100), (2240, 160)]]
    samples = array.array("h")
    phase = 0.0
    gains = []
    for index in range(int(rate * seconds)):
        time = index / rate
        syllable = int(time * 4)
        pitch = 140 * 2 ** (0.35 * math.sin(2 * math.pi * 0.7 * time) + 0.02 * math.sin(2 * math.pi * 6 * time))
        phase += pitch / rate
        if index % 128 == 0:
            count = int(min(6000, 0.45 * rate) / pitch)
            gains = [
                sum(1 / (1 + ((k * pitch - centre) / width) ** 2) for centre, width in formants[syllable % 3]) / k**0.5
                for k in range(1, count + 1)
            ]
        voice = sum(gain * math.sin(2 * math.pi * k * phase) for k, gain in enumerate(gains, 1))
        envelope = math.sin(math.pi * (time * 4 % 1)) ** 0.5
        value = 0.12 * envelope * voice + 0.002 * noise.gauss(0, 1)
        samples.append(round(max(-1.0, min(1.0, value)) * 32767))
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def repeat_clip(source, target, times):
    """The clip so many times over: long files are made fast."""
    with wave.open(str(source), "rb") as file:
        parameters, frames = file.getparams(), file.readframes(file.getnframes())
    with wave.open(str(target), "wb") as file:
        file.setparams(parameters)
        file.writeframes(frames * times)
