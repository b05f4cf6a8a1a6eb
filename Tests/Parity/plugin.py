"""What the harness knows of one plugin: how its parameters are drawn, what librosa computes, and what may differ why."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

LIMIT = 1e-4
# Below single precision's smallest normal number, which ours are stored in, steps are as large as the numbers.
SMALLEST = float(np.finfo(np.float32).tiny)


@dataclasses.dataclass(frozen=True)
class Rule:
    """A reason for which a case may differ by more than the limit, checked on the very case.

    `check(case, y, sr, ours, theirs, extract)` returns true only when it explains the difference: it computes what librosa would have
    given, had one rounding of its own gone the other way, and compares that with ours. `extract({"use", "parameters"})` gives our
    values of another plugin for the same clip.
    """

    text: str
    check: Callable


def error(ours, theirs):
    """The largest difference relative to the largest magnitude of theirs; infinite where shapes differ."""
    if ours.shape != theirs.shape:
        return float("inf")
    if theirs.size == 0:
        return 0.0
    both = ~np.isfinite(theirs) & ~np.isfinite(ours)
    ours, theirs = np.where(both, 0, ours).astype(np.float64), np.where(both, 0, theirs).astype(np.float64)
    largest = np.max(np.abs(theirs))
    difference = np.max(np.abs(ours - theirs))
    if difference < SMALLEST:
        return 0.0
    if not np.isfinite(difference):
        return float("inf")
    return float(difference / largest if largest > 0 else difference)


@dataclasses.dataclass(frozen=True)
class Plugin:
    # draw(r, samples, rate): random valid parameters, `r` a random.Random. Those of a node that a transform reads stand under "of".
    draw: Callable
    # reference(y, sr, p): bins × frames, or the samples of an effect. A transform has `transform(matrix, p)` and `of` instead.
    reference: Callable | None = None
    transform: Callable | None = None
    of: str = "feature.mfcc"
    # (signal, samples, rate, parameters) of the committed goldens; of a transform the signal is cut into two bins.
    goldens: list = dataclasses.field(default_factory=list)
    golden_limit: float = 1e-5
    # How many samples a clip has, and which kinds of signal are drawn (signals.GENERATED where None).
    lengths: tuple = (2000, 30_000)
    kinds: list | None = None
    rules: dict = dataclasses.field(default_factory=dict)
    # The share of cases that rules may explain.
    share: float = 0.1
    # Why single frames may differ; all cases together less than FRAMES of them.
    frames: str | None = None
    # How a case is judged, and what that says, where it is not the promise of librosa's numbers.
    error: Callable = error
    limit: float = LIMIT
    agreement: str | None = None
    # Parameters that both are timed with; None where there is nothing to time.
    timed: dict | None = dataclasses.field(default_factory=dict)

    def differing(self, ours, theirs):
        """How many frames differ by more than the limit."""
        if ours.shape != theirs.shape:
            return theirs.shape[-1]
        largest = np.max(np.abs(theirs[np.isfinite(theirs)]), initial=0) or 1
        off = np.abs(ours.astype(np.float64) - theirs) > self.limit * largest
        return int(np.sum(np.any(off, axis=0) if off.ndim > 1 else off))
