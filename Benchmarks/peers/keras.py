"""Keras's side of the benchmark, on TensorFlow's CPU kernels: the default network of classifier.conv1d. See serve.py.

Keras is given the fastest of its own ways: of its loops and of a compiled step, with and without XLA.
"""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402
import numpy  # noqa: E402
import tensorflow  # noqa: E402

from peers import weights  # noqa: E402
from peers.serve import fastest, serve  # noqa: E402

count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
tensorflow.config.threading.set_intra_op_parallelism_threads(count)
tensorflow.config.threading.set_inter_op_parallelism_threads(count)
trainers, predictors = {}, {}
# `fit` and XLA take long to prepare, and were not the fastest: where it is to be quick they are left out.
QUICK = "TIMBRE_BENCH_QUICK" in os.environ
XLA = (False,) if QUICK else (False, True)


def train(_, batch):
    """A step of Adam, each on the next batch of 2,048 rows."""
    batch = int(batch)
    if batch not in trainers:
        batches = max(1, 2048 // batch)
        random = numpy.random.default_rng(7)
        x = random.normal(size=(batches * batch, weights.COLUMNS, 1)).astype(numpy.float32)
        y = random.integers(0, weights.CLASSES, batches * batch)
        candidates = {} if QUICK else {"fit": whole_epochs(x, y, batch, batches)}
        for xla in XLA:
            candidates[f"tf.function{', XLA' if xla else ''}"] = steps(x, y, batch, batches, xla)
        trainers[batch] = fastest(candidates, 1.5)
    return trainers[batch]


def whole_epochs(x, y, batch, batches):
    """model.fit, many steps in one call of the graph."""
    model = weights.keras_model()
    model.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy", steps_per_execution=min(8, batches), jit_compile=False)
    data = tensorflow.data.Dataset.from_tensor_slices((x, y)).cache().batch(batch, drop_remainder=True).prefetch(2)

    def work():
        model.fit(data, epochs=1, verbose=0)

    work.repeats = batches
    return work


def steps(x, y, batch, batches, xla):
    """A training step of one's own, as Keras's guide to custom loops writes it."""
    model, optimizer = weights.keras_model(), keras.optimizers.Adam()
    loss = keras.losses.SparseCategoricalCrossentropy()
    optimizer.build(model.trainable_variables)
    parts = [tuple(tensorflow.constant(a[start:start + batch]) for a in (x, y)) for start in range(0, batches * batch, batch)]

    @tensorflow.function(jit_compile=xla)
    def step(rows, labels):
        with tensorflow.GradientTape() as tape:
            value = loss(labels, model(rows, training=True))
        optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)
        return value

    taken = 0

    def work():
        nonlocal taken
        taken += 1
        return float(step(*parts[taken % batches]))

    return work


def infer(_, rows):
    """The probabilities of so many rows a call."""
    rows = int(rows)
    if rows not in predictors:
        model = weights.keras_model()
        x = numpy.random.default_rng(7).normal(size=(rows, weights.COLUMNS, 1)).astype(numpy.float32)
        candidates = {f"predict, batches of {size}": predicting(model, x, size) for size in (256, 1024) if size <= rows}
        for xla in XLA:
            for size in (64, 256):
                if size <= rows:
                    candidates[f"tf.function{', XLA' if xla else ''}, batches of {size}"] = calling(model, x, size, xla)
        predictors[rows] = fastest(candidates)
    return predictors[rows]


def predicting(model, x, size):
    return lambda: model.predict(x, batch_size=size, verbose=0)


def calling(model, x, size, xla):
    parts = [tensorflow.constant(x[start:start + size]) for start in range(0, len(x), size)]
    call = tensorflow.function(lambda rows: model(rows, training=False), jit_compile=xla)
    return lambda: numpy.concatenate([call(part).numpy() for part in parts])


def show_inference(folder):
    """The probabilities of the rows in a folder by the weights there."""
    model = weights.keras_model(weights.saved(folder))
    values = model.predict(numpy.load(folder + "/rows.npy")[..., None], verbose=0)
    return {"parameters": model.count_params(), "values": values.flatten().tolist()}


serve(f"Keras {keras.__version__} (TensorFlow {tensorflow.__version__})", {"train": train, "infer": infer}, {"infer": show_inference})
