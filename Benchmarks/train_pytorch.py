"""Training and inference speed of the notebook's network in PyTorch on the CPU: JSON with samples per second.

torch 2.13.0 (CPU). Usage: train_pytorch.py [--threads 2] [--batch 64] [--seconds 8]
"""
import argparse
import json
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--seconds", type=float, default=8)
parser.add_argument("--repeats", type=int, default=5)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(7)


class Pool(nn.Module):
    """Window 5, step 2, Keras's 'same': one row of padding before an odd length or two, and as many as needed after."""

    def forward(self, x):
        length = x.shape[-1]
        total = max(0, (-(-length // 2) - 1) * 2 + 5 - length)
        # max_pool1d pads by −inf on both sides alike; where the sides differ, the padding is written out.
        if total % 2 == 0:
            return nn.functional.max_pool1d(x, 5, 2, padding=total // 2)
        x = nn.functional.pad(x, (total // 2, total - total // 2), value=float("-inf"))
        return nn.functional.max_pool1d(x, 5, 2)


def conv(inputs, outputs):
    return [nn.Conv1d(inputs, outputs, 5, padding=2), nn.ReLU(inplace=True), Pool()]


def network():
    return nn.Sequential(
        *conv(1, 256), *conv(256, 256), *conv(256, 128), nn.Dropout(0.2), *conv(128, 64), nn.Flatten(),
        nn.Linear(704, 32), nn.ReLU(inplace=True), nn.Dropout(0.3), nn.Linear(32, 8))


model = network()
assert sum(p.numel() for p in model.parameters()) == 557_288
x = torch.randn(options.batch, 1, 162)
y = torch.randint(0, 8, (options.batch,))


def rate(step, seconds):
    for _ in range(5):
        step()
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        step()
        steps += 1
    return steps * options.batch / (time.perf_counter() - start)


def trainer(**choice):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **choice)

    def step():
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


# The fastest way of its own optimiser, whichever that is here.
model.train()
choices = [{"fused": True}, {"foreach": True}, {"foreach": False}]
best = max(choices, key=lambda choice: rate(trainer(**choice), 1))
share = options.seconds / options.repeats
training = sorted(rate(trainer(**best), share) for _ in range(options.repeats))


@torch.inference_mode()
def infer():
    torch.softmax(model(x), dim=1)


model.eval()
inference = sorted(rate(infer, share) for _ in range(options.repeats))
middle = options.repeats // 2
print(json.dumps({"what": "pytorch " + torch.__version__, "threads": options.threads, "batch": options.batch, "adam": best,
                  "training_samples_per_second": round(training[middle], 1),
                  "inference_samples_per_second": round(inference[middle], 1)}))
