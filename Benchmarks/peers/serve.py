"""The side of a peer: answers the requests of bench.py as `timbre-bench` does, a line of JSON for a line of words."""
import json
import os
import statistics
import sys
import time


def timed(work, limit):
    """The median of the wall time of one call in seconds, after a warm-up, with as many calls as fit into the limit.

    Work that repeats itself within a call says how often by its attribute `repeats`.
    """
    start = time.perf_counter()
    for _ in range(3):
        work()
        if time.perf_counter() - start > limit:
            break
    taken = []
    start = time.perf_counter()
    while not taken or time.perf_counter() - start < limit:
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return {"seconds": statistics.median(taken) / getattr(work, "repeats", 1), "calls": len(taken)}


def fastest(candidates, seconds=0.7):
    """The fastest of some ways to do the same work, given as {name: work}; it is told to bench.py as `way`."""
    if os.environ.get("TIMBRE_BENCH_QUICK"):
        seconds /= 5
    name = min(candidates, key=lambda name: timed(candidates[name], seconds)["seconds"])
    candidates[name].way = name
    return candidates[name]


def deviation(ours, theirs):
    """The largest difference as a share of the largest value; infinite where there is not the same count of numbers.

    Ours lie frame after frame, theirs are bins × frames. What is no number has to be none on both sides.
    """
    import numpy

    theirs = numpy.atleast_2d(theirs).T.reshape(-1).astype(numpy.float64)
    ours = ours.reshape(-1).astype(numpy.float64)
    if ours.shape != theirs.shape:
        return float("inf")
    both = ~numpy.isfinite(ours) & ~numpy.isfinite(theirs)
    difference = numpy.max(numpy.abs(numpy.where(both, 0, ours - theirs)), initial=0)
    largest = numpy.max(numpy.abs(numpy.where(both, 0, theirs)), initial=0)
    return float(difference / largest if largest > 0 else difference)


def compare(words, work, file):
    import numpy

    return {"deviation": deviation(numpy.load(file), work())}


def serve(name, tasks, shows=None, compare=compare):
    """tasks: {task: function of the request's words, which returns the work to repeat}; shows: {task: function of the words}."""
    out = sys.stdout
    sys.stdout = sys.stderr  # a library that prints must not break the dialogue
    for line in sys.stdin:
        task, *words = line.rstrip("\n").split("\t")
        try:
            if task == "hello":
                answer = {"name": name}
            elif words[0] == "time":
                work = tasks[task](*words[2:])
                answer = {**timed(work, float(words[1])), "way": getattr(work, "way", None)}
            elif words[0] == "compare":
                answer = compare(words[2:], tasks[task](*words[2:]), words[1])
            elif task in (shows or {}):
                answer = shows[task](*words[1:])
            else:
                answer = {"values": [float(value) for value in tasks[task](*words[1:])()]}
        except Exception as error:  # told to bench.py
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=out, flush=True)
