"""Timbre beside its peers: the same work on the same cores, alternating, in one run. docs/benchmarks.md says what is measured how.

usage: bench.py --timbre-bench PROGRAM --timbre PROGRAM [--quick] [--rounds 7] [--seconds 1] [--only ROW…]
                [--out Benchmarks/latest.json] [--page docs/benchmarks.md]

A round times each side once, and rounds change about which goes first; a side's figure in a round is the median of its calls. The
ratio is that of the medians over the rounds, its spread the least and the greatest ratio of a round. A ratio above 1 says that
Timbre is faster. Exit 1: a required ratio was not reached, or the two sides disagree. Runs without any peer: one that this Python
cannot import is named, and its rows are not run.
"""
import argparse
import os
import pathlib
import sys
import tempfile
import time

import table
from harness import Bench
from rows import audio, cold, corpus, network

HERE = pathlib.Path(__file__).resolve().parent


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--timbre-bench", type=pathlib.Path, required=True, help="the built timbre-bench")
    parser.add_argument("--timbre", type=pathlib.Path, required=True, help="the built command")
    parser.add_argument("--quick", action="store_true", help="few and short rounds, small corpora")
    parser.add_argument("--rounds", type=int, help="of a row; 7, or 2 where it is to be quick")
    parser.add_argument("--seconds", type=float, help="that a side repeats its work in a round; 1, or 0.25")
    parser.add_argument("--only", nargs="+", metavar="ROW", help="rows to run")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "latest.json")
    parser.add_argument("--page", type=pathlib.Path, help="a Markdown page to bring up to date")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 7)
    options.seconds = options.seconds or (0.25 if options.quick else 1)
    options.timbre, options.timbre_bench = options.timbre.resolve(), options.timbre_bench.resolve()
    return options


def main():
    options = parse()
    if options.quick:
        os.environ["TIMBRE_BENCH_QUICK"] = "1"  # peers try their ways for a shorter time
    at, begin = table.machine(), time.time()
    with tempfile.TemporaryDirectory(prefix="timbre-bench-") as folder:
        bench = Bench(options, pathlib.Path(folder))
        try:
            for subject in (audio, network, cold, corpus):
                subject.run(bench)
        finally:
            bench.dismiss()
    at += f"; {(time.time() - begin) / 60:.0f} minutes"
    print(table.text(at, bench))
    table.write_json(options.out, bench.results)
    if options.page and not options.only:
        table.write_page(options.page, at, bench)
    sys.exit(1 if any(result["met"] is False for result in bench.results) else 0)


if __name__ == "__main__":
    main()
