"""Goldens of the neural network module: small networks trained for a few steps by PyTorch in double precision.

torch 2.13.0 (CPU), numpy. Usage: python make_nn.py   (writes nn.json beside itself)

Inputs and first weights follow from formulas (`spread`), so that only results are stored: losses, learning rates, the first step's
gradients, all weights after each step, and the probabilities of the trained network in inference.

Sequences of different lengths go through the network one by one, each without any padding: that is what masking has to come to.
"""
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
ROWS, CLASSES, STEPS, SEED = 13, 3, 4, 11


def spread(count, salt):
    """Numbers in [−0.5, 0.5), single precision, without a pattern that matters."""
    index = np.arange(count, dtype=np.int64)
    return (((index * 7919 + salt * 104729) % 10007) / 10007 - 0.5).astype(np.float32).astype(np.float64)


def mix(z):
    z = (z + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def fnv1a(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return np.uint64(value)


def dropout_mask(name, rate, step, shape, first):
    """rows × … of 0 or 1 / (1 − rate); the index within a sample runs over positions, then channels."""
    count = int(np.prod(shape[1:]))
    rows = []
    with np.errstate(over="ignore"):
        for row in range(first, first + shape[0]):
            key = np.array([np.uint64(SEED) ^ fnv1a(name)])
            key = mix(mix(mix(key) ^ np.uint64(step)) ^ np.uint64(row))
            bits = mix(key + np.arange(count, dtype=np.uint64)) >> np.uint64(40)
            rows.append((bits >= np.uint64(math.ceil(rate * 2**24))) / (1 - rate))
    return torch.tensor(np.array(rows).reshape(shape))


ACTIVATIONS = {
    "linear": lambda x: x, "relu": F.relu, "leaky_relu": lambda x: F.leaky_relu(x, 0.2), "elu": F.elu, "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


def same(length, size, stride):
    total = max(0, (-(-length // stride) - 1) * stride + size - length)
    return total // 2, total - total // 2


class Network:
    """Sequences are rows × length × channels, as in Keras; convolutions and pools turn them for PyTorch and back."""

    def __init__(self, layers, length, channels=1):
        self.layers, self.tensors, self.trained = layers, {}, []
        counts = {}
        x = torch.zeros(2, length, channels)
        layers = [dict(layer) for layer in layers]
        for layer in layers + [{"type": "dense", "units": CLASSES, "activation": "linear", "name": "output"}]:
            kind = layer["type"]
            counts[kind] = counts.get(kind, 0) + 1
            layer.setdefault("name", f"{kind}_{counts[kind]}")
            name, channels = layer["name"], x.shape[-1]
            if kind == "conv1d":
                self.add(name + "/kernel", (layer["kernel_size"], channels, layer["filters"]), 0, 0.8)
                self.add(name + "/bias", (layer["filters"],), 0, 0.2)
            elif kind == "dense":
                self.add(name + "/kernel", (channels, layer["units"]), 0, 0.8)
                self.add(name + "/bias", (layer["units"],), 0, 0.2)
            elif kind == "batch_norm":
                self.add(name + "/gamma", (channels,), 1, 0.4)
                self.add(name + "/beta", (channels,), 0, 0.4)
                self.add(name + "/moving_mean", (channels,), 0, 0, trained=False)
                self.add(name + "/moving_variance", (channels,), 1, 0, trained=False)
            if layer["name"] == "output":
                self.layers = layers + [layer]
            if kind == "flatten":
                layer["length"] = x.shape[1]
            x = self.apply(layer, x, None)

    def add(self, name, shape, centre, scale, trained=True):
        values = centre + scale * spread(math.prod(shape), len(self.tensors) + 1)
        tensor = torch.tensor(values.astype(np.float32).astype(np.float64).reshape(shape), requires_grad=trained)
        self.tensors[name] = tensor
        if trained:
            self.trained.append(tensor)

    def apply(self, layer, x, step, first=0, others=None):
        """step: that of the training, or None in inference; first: the first row's place in the batch; others: the whole batch, where
        x is only a part of it."""
        kind, name = layer["type"], layer["name"]
        if kind in ("conv1d", "max_pool", "avg_pool"):
            size = layer.get("kernel_size", layer.get("pool_size"))
            left, right = same(x.shape[1], size, layer["strides"]) if layer["padding"] == "same" else (0, 0)
            rows = x.transpose(1, 2)
        if kind == "conv1d":
            kernel = self.tensors[name + "/kernel"].permute(2, 1, 0)
            y = F.conv1d(F.pad(rows, (left, right)), kernel, self.tensors[name + "/bias"], stride=layer["strides"])
            return ACTIVATIONS[layer["activation"]](y.transpose(1, 2))
        if kind == "max_pool":
            return F.max_pool1d(F.pad(rows, (left, right), value=-math.inf), size, layer["strides"]).transpose(1, 2)
        if kind == "avg_pool":
            ones = torch.ones_like(rows)
            total, seen = (F.avg_pool1d(F.pad(z, (left, right)), size, layer["strides"]) for z in (rows, ones))
            return (total / seen).transpose(1, 2)
        if kind == "global_avg_pool":
            return x.mean(1)
        if kind == "global_max_pool":
            return x.amax(1)
        if kind == "flatten":
            return F.pad(x, (0, 0, 0, layer["length"] - x.shape[1])).flatten(1)
        if kind == "dense":
            return ACTIVATIONS[layer["activation"]](x @ self.tensors[name + "/kernel"] + self.tensors[name + "/bias"])
        if kind == "activation":
            return ACTIVATIONS[layer["activation"]](x)
        if kind == "dropout":
            return x if step is None else x * dropout_mask(name, layer["rate"], step, tuple(x.shape), first)
        mean, variance = self.tensors[name + "/moving_mean"], self.tensors[name + "/moving_variance"]
        if step is not None:
            batch = torch.cat([z.flatten(0, -2) for z in others or [x]])
            batch_mean, batch_variance = batch.mean(0), batch.var(0, unbiased=False)
            if first == 0:
                with torch.no_grad():
                    keep = layer["momentum"]
                    mean.mul_(keep).add_(batch_mean, alpha=1 - keep)
                    variance.mul_(keep).add_(batch_variance, alpha=1 - keep)
            mean, variance = batch_mean, batch_variance
        normal = (x - mean) / torch.sqrt(variance + layer["epsilon"])
        return normal * self.tensors[name + "/gamma"] + self.tensors[name + "/beta"]

    def __call__(self, x, step=None):
        """x: rows of one length, or a list of sequences of a single row each."""
        if isinstance(x, list):
            for layer in self.layers:
                x = [self.apply(layer, one, step, row, x) for row, one in enumerate(x)]
            return torch.cat(x)
        for layer in self.layers:
            x = self.apply(layer, x, step)
        return x


def conv(filters, size, activation, strides=1, padding="same"):
    return {"type": "conv1d", "filters": filters, "kernel_size": size, "activation": activation, "strides": strides,
            "padding": padding}


def pool(kind, size, strides, padding="same"):
    return {"type": kind, "pool_size": size, "strides": strides, "padding": padding}


def dense(units, activation):
    return {"type": "dense", "units": units, "activation": activation}


FLATTEN = {"type": "flatten"}
# Of the sequences: frames of the longest, and the frames of each.
FRAMES, LENGTHS = 17, [5 + 7 * row % 13 for row in range(ROWS)]
O, S = torch.optim, torch.optim.lr_scheduler
CASES = {
    "tiles": (
        23, [conv(8, 3, "tanh"), pool("max_pool", 3, 2), conv(12, 5, "relu"), pool("avg_pool", 4, 3),
             {"type": "batch_norm", "momentum": 0.9, "epsilon": 0.001}, FLATTEN, dense(5, "elu")],
        [1.0, 0.5, 2.0], lambda p: O.Adam(p, lr=0.01, betas=(0.9, 0.99), eps=1e-6, weight_decay=0.02),
        lambda o: S.StepLR(o, step_size=2, gamma=0.5)),
    "columns": (
        26, [conv(4, 4, "leaky_relu", 2, "valid"), {"type": "activation", "activation": "sigmoid"},
             {"type": "dropout", "rate": 0.3}, conv(6, 3, "elu", 2), {"type": "global_avg_pool"}, dense(6, "tanh"),
             {"type": "dropout", "rate": 0.2}],
        [1.0, 1.0, 1.0], lambda p: O.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda o: S.ConstantLR(o, factor=1)),
    "valid": (
        19, [conv(8, 2, "linear", 1, "valid"), conv(16, 5, "leaky_relu", 1, "valid"), pool("max_pool", 3, 2, "valid"), FLATTEN],
        [0.3, 1.0, 3.0], lambda p: O.AdamW(p, lr=0.02, betas=(0.8, 0.95), eps=1e-5, weight_decay=0.1),
        lambda o: S.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.001)),
    "taps": (
        17, [conv(9, 2, "tanh"), conv(5, 5, "relu", 2), pool("avg_pool", 3, 2, "valid"), FLATTEN, dense(6, "sigmoid"),
             {"type": "batch_norm", "momentum": 0.5, "epsilon": 0.01}],
        [1.0, 1.0, 1.0], lambda p: O.SGD(p, lr=0.2, momentum=0.5, weight_decay=0.0),
        # Without one step that counts as better, patience 1 halves the rate after every epoch but the first.
        lambda o: S.ReduceLROnPlateau(o, factor=0.5, patience=0, threshold=10, threshold_mode="abs")),
}


# As above, with the number of bins in place of columns.
SEQUENCES = {
    "sequences, tiles": (
        8, [conv(8, 5, "tanh"), {"type": "batch_norm", "momentum": 0.9, "epsilon": 0.001}, pool("max_pool", 3, 2),
            {"type": "dropout", "rate": 0.3}, conv(12, 3, "sigmoid"), {"type": "global_avg_pool"}, dense(5, "elu")],
        [1.0, 0.5, 2.0], lambda p: O.Adam(p, lr=0.01, betas=(0.9, 0.99), eps=1e-6, weight_decay=0.02),
        lambda o: S.StepLR(o, step_size=2, gamma=0.5)),
    "sequences, columns": (
        5, [conv(6, 4, "elu", 2), {"type": "activation", "activation": "sigmoid"}, pool("avg_pool", 4, 3),
            {"type": "batch_norm", "momentum": 0.5, "epsilon": 0.01}, conv(4, 3, "tanh", 2), {"type": "global_max_pool"}],
        [1.0, 1.0, 1.0], lambda p: O.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda o: S.ConstantLR(o, factor=1)),
    "sequences, valid": (
        4, [{"type": "batch_norm", "momentum": 0.9, "epsilon": 0.001}, conv(8, 2, "linear", 1, "valid"),
            conv(16, 3, "leaky_relu", 1, "valid"), pool("max_pool", 2, 2, "valid"), FLATTEN, dense(6, "tanh")],
        [0.3, 1.0, 3.0], lambda p: O.AdamW(p, lr=0.02, betas=(0.8, 0.95), eps=1e-5, weight_decay=0.1),
        lambda o: S.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.001)),
}


def plain(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().flatten().tolist()]


def vectors(columns, layers, *rest):
    return run(Network(layers, columns), numbers(ROWS, columns, 1), *rest)


def sequences(bins, layers, *rest):
    x = numbers(ROWS, FRAMES, bins)
    return run(Network(layers, FRAMES, bins), [x[row:row + 1, :length] for row, length in enumerate(LENGTHS)], *rest)


def numbers(*shape):
    return torch.tensor((4 * spread(math.prod(shape), 77)).astype(np.float32).astype(np.float64).reshape(shape))


def run(network, x, class_weights, optimizer, schedule):
    y = torch.tensor([(5 * row + row // 4) % CLASSES for row in range(ROWS)])
    weights = torch.tensor(class_weights)
    optimizer = optimizer(network.trained)
    schedule = schedule(optimizer)
    result = {"losses": [], "rates": [], "weights": []}
    for step in range(STEPS):
        optimizer.zero_grad()
        losses = F.cross_entropy(network(x, step), y, reduction="none") * weights[y]
        losses.mean().backward()
        if step == 0:
            result["gradients"] = {name: plain(t.grad) for name, t in network.tensors.items() if t.requires_grad}
        result["rates"].append(optimizer.param_groups[0]["lr"])
        result["losses"].append(losses.mean().item())
        optimizer.step()
        if isinstance(schedule, S.ReduceLROnPlateau):
            schedule.step(losses.mean().item())
        else:
            schedule.step()
        result["weights"].append({name: plain(t) for name, t in network.tensors.items()})
    result["probabilities"] = plain(torch.softmax(network(x), 1))
    return result


results = {name: vectors(*case) for name, case in CASES.items()}
results |= {name: sequences(*case) for name, case in SEQUENCES.items()}
path = pathlib.Path(__file__).with_name("nn.json")
path.write_text(json.dumps(results, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes")
