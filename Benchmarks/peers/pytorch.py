"""PyTorch's side of the benchmark: the default network of classifier.conv1d on the CPU. See serve.py.

PyTorch is given the fastest of its own ways: of its Adams, of the batch sizes that it predicts in, and of its layouts. Its channels-last
layout, which its documentation recommends for convolutions, is there for images only: the sequences are images of one row.
torch.compile is not among the ways, since it made both training and prediction slower.
"""
import numpy as np
import torch
from torch import nn

from peers.serve import fastest, serve

COLUMNS, CLASSES, PARAMETERS = 162, 8, 557_288


class Pool(nn.Module):
    """Window 5, step 2, Keras's 'same': of an odd number of padding rows, the larger half comes last."""

    def forward(self, x):
        length = x.shape[-1]
        total = max(0, (-(-length // 2) - 1) * 2 + 5 - length)
        # PyTorch pads by −inf on both sides alike; where the sides differ, the padding is written out.
        padding = total // 2 if total % 2 == 0 else 0
        if total % 2:
            x = nn.functional.pad(x, (total // 2, total - total // 2), value=float("-inf"))
        if x.dim() == 4:
            return nn.functional.max_pool2d(x, (1, 5), (1, 2), padding=(0, padding))
        return nn.functional.max_pool1d(x, 5, 2, padding=padding)


def network(images):
    """For sequences, or for images of one row in the channels-last layout."""

    def conv(inputs, outputs):
        kernel = nn.Conv2d(inputs, outputs, (1, 5), padding=(0, 2)) if images else nn.Conv1d(inputs, outputs, 5, padding=2)
        return [kernel, nn.ReLU(inplace=True), Pool()]

    model = nn.Sequential(
        *conv(1, 256), *conv(256, 256), *conv(256, 128), nn.Dropout(0.2), *conv(128, 64), nn.Flatten(),
        nn.Linear(704, 32), nn.ReLU(inplace=True), nn.Dropout(0.3), nn.Linear(32, CLASSES))
    assert sum(parameter.numel() for parameter in model.parameters()) == PARAMETERS
    return model.to(memory_format=torch.channels_last) if images else model


def shaped(rows, images):
    """A batch of rows as the network takes it."""
    return rows[:, None, None].contiguous(memory_format=torch.channels_last) if images else rows[:, None]


LAYOUTS = {"sequences": False, "images, channels last": True}
trainers = {}


def train(threads, batch):
    """One step of Adam a call, each on the next batch of 2,048 rows."""
    torch.set_num_threads(int(threads))
    key = (threads, batch)
    if key not in trainers:
        choices = {"fused Adam": {"fused": True}, "foreach Adam": {"foreach": True}, "Adam": {"foreach": False}}
        trainers[key] = fastest({
            f"{layout}, {name}": trainer(int(batch), images, choice)
            for layout, images in LAYOUTS.items() for name, choice in choices.items()})
    return trainers[key]


def trainer(batch, images, choice):
    torch.manual_seed(7)
    batches = max(1, 2048 // batch)
    x = [shaped(torch.randn(batch, COLUMNS), images) for _ in range(batches)]
    y = torch.randint(0, CLASSES, (batches, batch))
    model = network(images).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **choice)
    taken = 0

    def step():
        nonlocal taken
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(model(x[taken % batches]), y[taken % batches])
        loss.backward()
        optimizer.step()
        taken += 1
        return [loss.item()]

    return step


predictors = {}


def infer(threads, rows):
    """The probabilities of so many rows a call."""
    torch.set_num_threads(int(threads))
    key = (threads, rows)
    if key not in predictors:
        torch.manual_seed(7)
        x = torch.randn(int(rows), COLUMNS)
        sizes = [size for size in (16, 64, 256) if size <= int(rows)]
        predictors[key] = fastest({
            f"{layout}, batches of {size}": predictor(network(images).eval(), x, size, images)
            for layout, images in LAYOUTS.items() for size in sizes})
    return predictors[key]


def predictor(model, x, size, images):
    parts = [shaped(part, images) for part in x.split(size)]

    @torch.inference_mode()
    def predict():
        return torch.cat([torch.softmax(model(part), dim=1) for part in parts])

    return predict


@torch.inference_mode()
def show_inference(folder):
    """The probabilities of the rows in a folder by the weights there, in Keras's order of their axes; in either layout the same."""
    rows = torch.from_numpy(np.load(folder + "/rows.npy"))
    first, second = (torch.softmax(restored(folder, images)(shaped(rows, images)), dim=1) for images in LAYOUTS.values())
    assert torch.allclose(first, second, atol=1e-5)
    return {"parameters": PARAMETERS, "values": second.flatten().tolist()}


def restored(folder, images):
    model = network(images).eval()
    for index, parameter in enumerate(model.parameters()):
        tensor = torch.from_numpy(np.load(f"{folder}/tensor{index}.npy"))
        if tuple(parameter.shape) == (32, 704):  # flattened with the channels inside
            tensor = tensor.reshape(11, 64, 32).permute(2, 1, 0).reshape(32, 704)
        elif tensor.dim() > 1:
            tensor = tensor.permute(*reversed(range(tensor.dim())))
        parameter.copy_(tensor.reshape(parameter.shape))
    return model


serve(f"PyTorch {torch.__version__}", {"train": train, "infer": infer}, {"infer": show_inference})
