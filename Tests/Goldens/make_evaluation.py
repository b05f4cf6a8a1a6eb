"""Makes evaluation.json: statistics, scalers and metrics from the reference libraries, and a generator's first numbers.

Reference: numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1. Usage: python make_evaluation.py [cases] [file]
"""

import json
import os
import sys
import warnings

import numpy as np
import scipy.stats
from sklearn import metrics, preprocessing

warnings.simplefilter("ignore")
rng = np.random.default_rng(1)
cases = int(sys.argv[1]) if len(sys.argv) > 1 else 6
target = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "evaluation.json")


def numbers(array):
    return [float(value) for value in np.asarray(array, dtype=np.float64).ravel()]


def matrix(rows, columns):
    """Float32 values of several sizes and shapes, one column constant."""
    values = rng.normal(rng.normal(0, 3, columns), 10 ** rng.uniform(-4, 3, columns), (rows, columns))
    values[:, rng.integers(columns)] = rng.normal()
    skewed = rng.integers(columns)
    values[:, skewed] = np.exp(np.clip(values[:, skewed], -20, 20))
    return values.astype(np.float32)


def pooling():
    frames, bins = int(rng.integers(1, 40)), int(rng.integers(2, 9))
    x = matrix(frames, bins)
    wide = x.astype(np.float64)
    percents = [0, 5, 12.5, 50, 95, 99.5, 100]
    return {
        "frames": frames,
        "bins": bins,
        "values": numbers(x),
        "mean32": numbers(np.ascontiguousarray(x.T).mean(axis=1)),
        "expected": {
            "mean": numbers(wide.mean(0)),
            "std": numbers(wide.std(0)),
            "min": numbers(wide.min(0)),
            "max": numbers(wide.max(0)),
            "median": numbers(np.median(wide, 0)),
            "skewness": numbers(np.nan_to_num(scipy.stats.skew(wide, 0))),
            "kurtosis": numbers(np.nan_to_num(scipy.stats.kurtosis(wide, 0))),
            **{f"p{percent}": numbers(np.percentile(wide, percent, 0)) for percent in percents},
        },
    }


def scaling():
    rows, columns = int(rng.integers(2, 30)), int(rng.integers(2, 8))
    x = matrix(rows, columns)
    train = sorted(rng.choice(rows, int(rng.integers(1, rows + 1)), replace=False).tolist())
    wide = x.astype(np.float64)
    return {
        "rows": rows,
        "columns": columns,
        "values": numbers(x),
        "train": train,
        "standard": numbers(preprocessing.StandardScaler().fit(wide[train]).transform(wide)),
        "min_max": numbers(preprocessing.MinMaxScaler().fit(wide[train]).transform(wide)),
        "robust": numbers(preprocessing.RobustScaler().fit(wide[train]).transform(wide)),
        "quantile": numbers(preprocessing.QuantileTransformer(n_quantiles=min(1000, len(train))).fit(wide[train]).transform(wide)),
    }


def scores(index):
    rows, classes = int(rng.integers(1, 60)), int(rng.integers(2, 9))
    # Some classes never occur, some are never predicted.
    truth = rng.choice(classes, rows, p=rng.dirichlet(np.full(classes, 0.6)))
    logits = rng.normal(0, 2, (rows, classes)) + rng.normal(0, 1.5, classes)
    logits[np.arange(rows), truth] += rng.uniform(0, 3)
    probabilities = np.exp(logits)
    probabilities = (probabilities / probabilities.sum(1, keepdims=True)).astype(np.float32)
    if index % 3 == 0:
        probabilities[0] = 0
        probabilities[0, rng.integers(classes)] = 1
    if index % 3 == 1:
        probabilities[0] = np.float32(1) / np.float32(classes)
    predicted = probabilities.argmax(1)
    labels = list(range(classes))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=0
    )
    return {
        "classes": classes,
        "truth": truth.tolist(),
        "probabilities": numbers(probabilities),
        "accuracy": float(metrics.accuracy_score(truth, predicted)),
        "uar": float(metrics.balanced_accuracy_score(truth, predicted)),
        "macro_f1": float(metrics.f1_score(truth, predicted, average="macro", zero_division=0)),
        "weighted_f1": float(metrics.f1_score(truth, predicted, average="weighted", zero_division=0)),
        "macro_precision": float(metrics.precision_score(truth, predicted, average="macro", zero_division=0)),
        "macro_recall": float(metrics.recall_score(truth, predicted, average="macro", zero_division=0)),
        "log_loss": float(metrics.log_loss(truth, probabilities, labels=labels)),
        "precision": numbers(precision),
        "recall": numbers(recall),
        "f1": numbers(f1),
        "support": support.tolist(),
        "confusion": metrics.confusion_matrix(truth, predicted, labels=labels).ravel().tolist(),
    }


MASK = 2**64 - 1


def split_mix(seed):
    """SplitMix64, from the authors' C code (prng.di.unimi.it/splitmix64.c)."""
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def xoshiro(seed, count):
    """xoshiro256** 1.0, from the authors' C code (prng.di.unimi.it/xoshiro256starstar.c)."""
    seeds = split_mix(seed)
    s = [next(seeds) for _ in range(4)]

    def rotate(x, k):
        return ((x << k) | (x >> (64 - k))) & MASK

    for _ in range(count):
        yield (rotate((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)


golden = {
    "pooling": [pooling() for _ in range(cases)],
    "scaling": [scaling() for _ in range(cases)],
    "scores": [scores(index) for index in range(cases)],
    "random": [
        {"seed": str(seed), "numbers": [str(value) for value in xoshiro(seed, 8)]} for seed in (0, 7, 2**63 + 11)
    ],
}
with open(target, "w") as file:
    json.dump(golden, file, separators=(",", ":"))
    file.write("\n")
