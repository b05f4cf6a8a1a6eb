"""Features and effects of decoded sound, each on one thread."""
import os
import pathlib
import statistics

from harness import TOLERANCE
from worker import Unavailable

HERE = pathlib.Path(__file__).resolve().parents[1]
GROUPS = {"zero_crossing_rate": 1, "chroma_stft": 12, "mfcc": 20, "rms": 1, "melspectrogram": 128}
# What audioFlux has as well: its mel scale is HTK's, and it does not centre frames.
AUDIOFLUX = ["htk=true", "center=false"]
MFCC = ["n_mfcc=13", "n_mels=40", "n_fft=1024", "win_length=551", "hop_length=220", "fmax=8000", "htk=true", "center=false"]


def run(bench):
    bench.row("vector", "librosa", "162 numbers of a generated clip of 2.5 s", lambda: vector(bench, bench.clip), at_least=25)
    bench.row("vector recording", "librosa", "the same of a clip of RAVDESS", lambda: recording(bench), at_least=25)
    bench.row("pitch", "librosa", "pyin of 2.5 s", lambda: pitch(bench), at_least=25)
    for name, clip in (("mel clip", lambda: bench.clip), ("mel long", bench.long_clip)):
        length = "2.5 s" if name == "mel clip" else "10 minutes"
        bench.row(name, "audioFlux", f"mel spectrogram of {length}", lambda: flux(bench, clip()), at_least=1)
        bench.row(name, "librosa", f"mel spectrogram of {length}", lambda: mel(bench, clip()), at_least=1)
    bench.row(
        "mfcc", "openSMILE", "13 coefficients of 40 bands every 10 ms; alike in work, not the same numbers",
        lambda: mfcc(bench, bench.clip if bench.options.quick else bench.long_clip()))
    if bench.wants("single"):
        single(bench)
    bench.dismiss()


def vector(bench, clip):
    words = [clip, HERE / "predict.json"]
    return bench.against("librosa", "vector", words, check=bench.shown("vector", words, GROUPS))


def recording(bench):
    """The vector of a real clip, decoded and resampled once, by librosa."""
    files = recordings()
    target = bench.folder / "recording.wav"
    bench.worker("librosa").ask("clip", "show", files[len(files) // 2], target)
    return vector(bench, target)


def recordings():
    """The files of RAVDESS at hand, in the order of their names."""
    folder = os.environ.get("RAVDESS") or HERE.parent.parent / "shared/data/ravdess"
    files = sorted(path for path in pathlib.Path(folder).rglob("03-*") if path.suffix in (".wav", ".flac"))
    if not files:
        raise Unavailable("no RAVDESS at hand (set RAVDESS to its folder)")
    return files


def pitch(bench):
    return functions(bench, "feature.pyin", [], bench.clip, bench.options.seconds, None)


def functions(bench, use, words, clip, seconds, rounds):
    """A plugin beside the published function of its name."""
    ours, theirs = [use, clip, *words], [use, clip]
    return bench.against(
        "librosa's functions", "plugin", ours, theirs, bench.saved("plugin", ours, theirs), seconds=seconds, rounds=rounds)


def mel(bench, clip):
    return functions(bench, "feature.melspectrogram", [], clip, bench.options.seconds, bench.options.rounds)


def flux(bench, clip):
    ours, theirs = ["feature.melspectrogram", clip, *AUDIOFLUX], ["feature.melspectrogram", clip]
    return bench.against("audioFlux", "plugin", ours, theirs, bench.saved("plugin", ours, theirs, TOLERANCE))


def mfcc(bench, clip):
    """Ten minutes, so that what openSMILE prepares for each file does not count. Its bands, logarithm and scale are its own."""
    rounds = 1 if bench.options.quick else 3
    ours, theirs = ["feature.mfcc", clip, *MFCC], ["feature.mfcc", clip]
    return bench.against("openSMILE", "plugin", ours, theirs, bench.saved("plugin", ours, theirs), rounds=rounds)


def single(bench):
    """Every feature and effect by itself, then all of librosa's together: each 2 times as fast, the median 8 times."""
    seconds, rounds = (0.05, 1) if bench.options.quick else (0.2, 3)
    try:
        listed = bench.worker("librosa's functions").ask("plugins", "show")["plugins"]
        failure = None
    except Unavailable as reason:
        listed, failure = [], reason
    results = []
    for plugin in listed:
        result = bench.row(
            f"single {plugin['use']}", plugin["peer"], "2.5 s",
            lambda: functions(bench, plugin["use"], plugin["words"], bench.clip, seconds, rounds),
            at_least=2 if plugin["peer"] == "librosa" else None)
        if result and plugin["peer"] == "librosa":
            results.append(result)
    ratios = [result["ratio"] for result in results if result["ratio"] is not None]

    def median():
        if not ratios:
            raise Unavailable(str(failure or "nothing was timed"))
        middle = statistics.median(ratios)
        return {
            "ratio": middle, "spread": [min(ratios), max(ratios)], "met": middle >= 8 and all(result["met"] for result in results)}

    bench.row("single", "librosa", f"the median of {len(ratios)} features and effects, each at least 2 ×", median, at_least=8)
