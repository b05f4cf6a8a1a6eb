"""Whole corpora, up to the vectors: the work of `timbre run` before it trains."""
import itertools
import json
import pathlib
import shutil
import statistics
import subprocess

from harness import TOLERANCE, Disagreement, cores
from rows.audio import recordings

HERE = pathlib.Path(__file__).resolve().parents[1]
POOL = "librosa, a process per core"
VIEWS, COLUMNS = 3, 162
# Every so many of the recordings is given to librosa, which takes minutes for all: 208 of those of 16 actors.
STRIDE = 8
# The share of clips in which two estimates of the tuning may tie.
TIES = 0.03


def run(bench):
    quick = bench.options.quick
    rounds = 1 if quick else 5
    bench.row(
        "corpus", POOL, "seconds a clip of RAVDESS: decode 48 kHz, resample, three views, three vectors; all cores",
        lambda: corpus(bench, rounds), at_least=15)
    bench.row("cores", "--jobs 1", "the same corpus with `--jobs 2`", lambda: two_jobs(bench, min(rounds, 3)), at_least=1.85)
    sizes = (104, 1_000) if quick else (104, 1_000, 10_000)
    counts = ", ".join(f"{size:,}" for size in sizes)
    bench.row(
        "scale", "itself", f"cost of a clip at {counts} synthetic clips, the greatest over the least",
        lambda: scale(bench, sizes, rounds if quick else 13), at_most=1.1)
    few, many = (200, 2_000) if quick else (2_000, 20_000)
    bench.row(
        "memory", "the vectors", f"growth of the peak from {few:,} to {many:,} synthetic clips, over that of the vectors",
        lambda: memory(bench, few, many), at_most=1.5)
    bench.dismiss()


# MARK: Timbre's runs


def workflow(bench, name, dataset, load):
    """The notebook's views and vector, of another dataset."""
    plan = json.loads((HERE.parent / "Workflows/ravdess-notebook.json").read_text())
    del plan["$schema"]
    plan |= {"dataset": dataset, "load": load}
    path = bench.folder / f"{name}.json"
    path.write_text(json.dumps(plan))
    return path


def recorded(bench, folder):
    dataset = {"use": "dataset.ravdess", "path": str(folder), "channels": ["speech", "song"]}
    return workflow(bench, "corpus", dataset, {"sample_rate": 22_050, "offset": 0.6, "duration": 2.5})


def synthetic(bench, clips):
    """Of half a second, the shortest there are: what grows with their number is what counts here."""
    dataset = {"use": "dataset.synthetic", "speakers": clips // 8, "clips_per_emotion": 1, "duration": 0.5}
    return workflow(bench, f"synthetic-{clips}", dataset, {"sample_rate": 22_050})


def up_to_vectors(bench, plan, jobs):
    """One run in a process of its own: `seconds`, `clips`, `peak` in KiB, and its folder."""
    folder = bench.folder / "vectors"
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run(
        [str(bench.options.timbre_bench), "run", str(plan), str(folder), str(jobs)], capture_output=True, text=True)
    answer = json.loads(done.stdout) if done.stdout else {"error": done.stderr.strip()}
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer | {"folder": folder}


def per_clip(bench, plan, jobs):
    answer = up_to_vectors(bench, plan, jobs)
    return answer["seconds"] / answer["clips"]


# MARK: rows


def corpus_folder(bench):
    """Links to all recordings at hand; where it is to be quick, to librosa's share of them."""
    folder = bench.folder / "recordings"
    folder.mkdir(exist_ok=True)
    for file in recordings()[::STRIDE if bench.options.quick else 1]:
        link = folder / file.name
        if not link.exists():
            link.symlink_to(file.resolve())
    return folder


def corpus(bench, rounds):
    """Timbre does all clips in a round, librosa a share of them, in each round another one."""
    files, there = recordings(), bench.worker(POOL)
    plan = recorded(bench, corpus_folder(bench))
    jobs, names, number = len(cores()), bench.folder / "files.txt", 0

    def share(first, stride):
        names.write_text("\n".join(str(file) for file in files[first::stride]))

    def theirs():
        nonlocal number
        share(0 if bench.options.quick else number, STRIDE)
        number += 1
        answer = there.ask("corpus", "show", names)
        if answer["shape"] != [VIEWS * answer["clips"], COLUMNS]:
            raise Disagreement(f"librosa made {answer['shape']}")
        return answer["seconds"] / answer["clips"]

    answer = up_to_vectors(bench, plan, jobs)
    share(0, 2 * STRIDE)
    checked = there.ask("check", "show", names, answer["folder"])
    if checked["shape"] != [VIEWS * answer["clips"], COLUMNS]:
        raise Disagreement(f"{checked['shape']} numbers for {answer['clips']} clips")
    if not checked["deviation"] <= TOLERANCE:
        raise Disagreement(f"vectors of recordings differ by {checked['deviation']:.1e} × the maximum")
    if checked["ties"] > TIES:
        raise Disagreement(f"the tuning is another in {checked['ties']:.0%} of the clips")
    result = bench.alternate(lambda: per_clip(bench, plan, jobs), theirs, rounds)
    return {**result, "deviation": checked["deviation"], "clips": answer["clips"]}


def two_jobs(bench, rounds):
    if len(cores()) < 2:
        raise RuntimeError("there is one core")
    plan = recorded(bench, corpus_folder(bench))
    made = {}

    def seconds(jobs):
        answer = up_to_vectors(bench, plan, jobs)
        made[jobs] = (answer["folder"] / "features/vectors.npy").read_bytes()
        return answer["seconds"]

    result = bench.alternate(lambda: seconds(2), lambda: seconds(1), rounds)
    if made[1] != made[2]:
        raise Disagreement("the vectors depend on the number of jobs")
    return result


def scale(bench, sizes, rounds):
    """In one process, which has made its plans and filters before. Of the least corpus several runs a round: each is over at once."""
    plans = {size: synthetic(bench, size) for size in sizes}
    costs = {size: [] for size in sizes}
    process = bench.worker("Timbre")
    # The disk is still busy with a folder's removal when the next run begins: they all go at the end.
    kept, numbers = bench.folder / "scale", itertools.count()

    def cost(size):
        answer = process.ask("run", plans[size], kept / str(next(numbers)), len(cores()))
        return answer["seconds"] / answer["clips"]

    cost(sizes[1])
    for number in range(rounds):
        for size in sizes if number % 2 == 0 else reversed(sizes):
            costs[size].append(statistics.median(cost(size) for _ in range(max(1, min(15, 5_000 // size)))))
    shutil.rmtree(kept)
    middle = {size: statistics.median(costs[size]) for size in sizes}
    ratios = [max(of) / min(of) for of in zip(*costs.values())]
    return {
        "ratio": max(middle.values()) / min(middle.values()), "spread": [min(ratios), max(ratios)], "unit": "s",
        "costs": {str(size): cost for size, cost in middle.items()}}


def memory(bench, few, many):
    """The vectors' own size: rows × columns of four bytes."""
    peaks = [1024 * up_to_vectors(bench, synthetic(bench, size), len(cores()))["peak"] for size in (few, many)]
    ratio = (peaks[1] - peaks[0]) / ((many - few) * VIEWS * COLUMNS * 4)
    return {"ratio": ratio, "spread": [ratio, ratio], "unit": "bytes", "peaks": peaks}
