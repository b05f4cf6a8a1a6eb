"""One prediction of a recording, from the start of the process to the answer."""
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time

from clip import write_clip
from harness import Disagreement, absent, require_equal
from worker import Unavailable

HERE = pathlib.Path(__file__).resolve().parents[1]
BUDGET = 0.1  # seconds of processor time that a cold prediction may take besides decoding
AGREED = 1e-3  # probabilities of one network by two programs


def run(bench):
    if not (bench.wants("cold") or bench.wants("predict")):
        return
    recording = bench.folder / "recording48k.wav"
    write_clip(recording, 48_000, 3.5)
    model = bench.folder / "run"
    output([bench.options.timbre, "run", HERE / "predict.json", "--out", model])
    for kind, name in (("keras", "keras"), ("onnx", "onnxruntime")):
        peer = "librosa + " + {"keras": "Keras", "onnxruntime": "onnxruntime"}[name]
        bench.row(
            "cold", peer, "one `predict`, from the start of the process to the answer",
            lambda: cold(bench, kind, name, recording, model), at_least=40)
    bench.row(
        "predict", "0.1 s", "processor time of a cold `predict` besides decoding", lambda: budget(bench, recording, model),
        at_least=1)
    bench.dismiss()


def cold(bench, kind, name, recording, model):
    ours = [bench.options.timbre, "predict", recording, "--model", model, "--json"]
    script(["cold.export", kind, model / "bundle", bench.folder])
    theirs = [f"cold.predict_{name}", recording, bench.folder]
    here, there = json.loads(output(ours))[0]["probabilities"], json.loads(script(theirs))
    if list(here) != list(there):
        raise Disagreement(f"labels {list(here)} against {list(there)}")
    deviation = require_equal(list(here.values()), list(there.values()), AGREED)

    def timed(work, command):
        begin = time.perf_counter()
        work(command)
        return time.perf_counter() - begin

    # Both are in the page cache by now.
    result = bench.alternate(lambda: timed(output, ours), lambda: timed(script, theirs), 1 if bench.options.quick else 5)
    return {**result, "deviation": deviation}


def script(words):
    try:
        return output([sys.executable, "-m", *words], HERE)
    except RuntimeError as reason:
        last = str(reason).strip().splitlines()[-1]
        if last.startswith("ModuleNotFoundError"):
            raise Unavailable(f"a library {absent(last)}") from None
        raise


def output(command, folder=None):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=folder)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr}")
    return done.stdout


def budget(bench, recording, model):
    """Processor time of one cold `timbre predict`, less that of decoding its file in a warm process."""
    decoder = bench.worker("Timbre, one core")
    rest = []
    for _ in range(2 * bench.options.rounds + 1):
        decode = decoder.ask("decode", "time", 0.1, recording)["cpu"]
        before = children_seconds()
        said = output([bench.options.timbre, "predict", recording, "--model", model, "--json"])
        taken = children_seconds() - before
        if "label" not in json.loads(said)[0]:
            raise Disagreement("the prediction failed: " + said)
        rest.append(taken - decode)
    middle = statistics.median(rest)
    return {"ratio": BUDGET / middle, "spread": [BUDGET / max(rest), BUDGET / min(rest)], "timbre": middle, "peer_figure": BUDGET, "unit": "s"}


def children_seconds():
    """User and system time of the processes that were run and waited for; os.times would count it in hundredths."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
