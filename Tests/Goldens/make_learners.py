"""Goldens of the classical classifiers, by scikit-learn.

scikit-learn 1.9.1, numpy 2.4.6. Usage: python make_learners.py   (writes learners.json beside itself)

Rows follow from a formula, so that only results are stored: decision values and probabilities of test rows. Solvers run to a small
tolerance: two that stop at 1e-4 differ by as much.
"""
import json
import pathlib
import warnings

import numpy as np
from sklearn.calibration import _sigmoid_calibration
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC

warnings.simplefilter("ignore", FutureWarning)
COLUMNS, TRAIN, TEST = 5, 90, 12


def mixed(index):
    """Numbers in [0, 1) without a pattern that matters."""
    z = (index.astype(np.uint64) * np.uint64(2654435761) + np.uint64(12345)) & np.uint64(0xFFFFFFFF)
    z = ((z ^ (z >> np.uint64(15))) * np.uint64(2246822519)) & np.uint64(0xFFFFFFFF)
    return ((z ^ (z >> np.uint64(13))) & np.uint64(0xFFFFFFFF)) / 2**32


def rows(first, count, classes):
    """Overlapping clusters of uneven size; class 1 lies between the others in one column."""
    index = np.arange(first, first + count)[:, None]
    column = np.arange(COLUMNS)[None, :]
    labels = np.minimum((index[:, 0] % 7) // 3, classes - 1)
    noise = mixed(index * COLUMNS + column) - 0.5
    values = 2 * noise + 0.7 * (column % classes == labels[:, None]) + 0.3 * labels[:, None] * (column == 4)
    return values.astype(np.float32).astype(np.float64), labels


def case(use, classes, kind, model, **parameters):
    x, y = rows(0, TRAIN, classes)
    test, _ = rows(1000, TEST, classes)
    model.fit(x, y)
    values = model.decision_function(test) if kind == "decisions" else model.predict_proba(test)
    if values.ndim == 1:  # of two classes scikit-learn tells the second's value; a machine of ours is above 0 for the first
        values = -values if isinstance(model, SVC) else np.stack([-values, values], axis=1)
    print(use, parameters, "accuracy in training", model.score(x, y))
    return dict(
        use=use, classes=classes, kind=kind, parameters=parameters, values=[float(f"{v:.9g}") for v in np.ravel(values)])


cases = []
for classes in 2, 3:
    for kernel in "linear", "rbf":
        for weight in None, "balanced":
            cases.append(case(
                "classifier.svm", classes, "decisions",
                SVC(kernel=kernel, C=2, class_weight=weight, tol=1e-9, decision_function_shape="ovo"),
                C=2, kernel=kernel, class_weight=weight, tol=1e-9))
    for gamma in "auto", 0.7:
        cases.append(case(
            "classifier.svm", classes, "decisions", SVC(gamma=gamma, tol=1e-9, decision_function_shape="ovo"),
            gamma=gamma, tol=1e-9))
    for weight, intercept in (None, True), ("balanced", True), (None, False):
        cases.append(case(
            "classifier.linear_svm", classes, "decisions",
            LinearSVC(dual=False, C=0.5, class_weight=weight, fit_intercept=intercept, tol=1e-10, max_iter=1000),
            C=0.5, class_weight=weight, fit_intercept=intercept, tol=1e-10))
    for weight, intercept in (None, True), ("balanced", True), (None, False):
        if classes > 2 and weight:
            continue  # scikit-learn weighs the rows of each pair of one class and the rest anew.
        inner = LogisticRegression(
            solver="liblinear", C=0.5, class_weight=weight, fit_intercept=intercept, tol=1e-10, max_iter=1000)
        cases.append(case(
            "classifier.logistic_regression", classes, "probabilities",
            inner if classes == 2 else OneVsRestClassifier(inner), C=0.5, class_weight=weight, fit_intercept=intercept,
            tol=1e-10))
    for weights in "uniform", "distance":
        for metric, count in ("euclidean", 5), ("manhattan", 7), ("cosine", 4):
            cases.append(case(
                "classifier.nearest_neighbours", classes, "probabilities",
                KNeighborsClassifier(n_neighbors=count, weights=weights, metric=metric), n_neighbors=count, weights=weights,
                metric=metric))

# Platt's sigmoid of decision values that overlap.
decisions = mixed(np.arange(40)) * 4 - 2
positive = (decisions + mixed(np.arange(40, 80)) * 2 - 1 > 0.2).astype(int)
a, b = _sigmoid_calibration(decisions, positive)
sigmoid = dict(decisions=decisions.tolist(), positive=positive.tolist(), a=float(a), b=float(b))

path = pathlib.Path(__file__).parent / "learners.json"
lines = ",\n".join(json.dumps(entry) for entry in cases)
path.write_text(f'{{"sigmoid": {json.dumps(sigmoid)},\n"cases": [\n{lines}\n]}}\n')
