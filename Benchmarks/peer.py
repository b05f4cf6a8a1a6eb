"""The side of a peer: answers the requests of bench.py as `timbre-bench` does, a line of JSON for a line of words."""
import json
import statistics
import sys
import time


def timed(work, limit):
    """The median of the wall time of one call in seconds, after a warm-up, with as many calls as fit into the limit."""
    for _ in range(3):
        work()
    taken = []
    start = time.perf_counter()
    while not taken or time.perf_counter() - start < limit:
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return {"seconds": statistics.median(taken), "calls": len(taken)}


def serve(name, tasks, shows=None):
    """tasks: {task: function of the request's words, which returns the work to repeat}; shows: {task: function of the words}."""
    out = sys.stdout
    sys.stdout = sys.stderr  # a library that prints must not break the dialogue
    for line in sys.stdin:
        task, *words = line.rstrip("\n").split("\t")
        try:
            if task == "hello":
                answer = {"name": name}
            elif words[0] == "time":
                answer = timed(tasks[task](*words[2:]), float(words[1]))
            elif task in (shows or {}):
                answer = shows[task](*words[1:])
            else:
                answer = {"values": [float(value) for value in tasks[task](*words[1:])()]}
        except Exception as error:  # told to bench.py, which stops
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=out, flush=True)
