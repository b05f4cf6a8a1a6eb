"""PyTorch's side of the benchmark: the default network of classifier.conv1d on the CPU. See serve.py.

PyTorch is given the fastest of its own ways: of its Adams, and of the batch sizes that it predicts in.
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
        # max_pool1d pads by −inf on both sides alike; where the sides differ, the padding is written out.
        if total % 2 == 0:
            return nn.functional.max_pool1d(x, 5, 2, padding=total // 2)
        x = nn.functional.pad(x, (total // 2, total - total // 2), value=float("-inf"))
        return nn.functional.max_pool1d(x, 5, 2)


def network():
    def conv(inputs, outputs):
        return [nn.Conv1d(inputs, outputs, 5, padding=2), nn.ReLU(inplace=True), Pool()]

    model = nn.Sequential(
        *conv(1, 256), *conv(256, 256), *conv(256, 128), nn.Dropout(0.2), *conv(128, 64), nn.Flatten(),
        nn.Linear(704, 32), nn.ReLU(inplace=True), nn.Dropout(0.3), nn.Linear(32, CLASSES))
    assert sum(parameter.numel() for parameter in model.parameters()) == PARAMETERS
    return model


trainers = {}


def train(threads, batch):
    """One step of Adam a call, each on the next batch of 2,048 rows."""
    torch.set_num_threads(int(threads))
    key = (threads, batch)
    if key not in trainers:
        choices = {"fused Adam": {"fused": True}, "foreach Adam": {"foreach": True}, "Adam": {"foreach": False}}
        trainers[key] = fastest({name: trainer(int(batch), choice) for name, choice in choices.items()}, 1)
    return trainers[key]


def trainer(batch, choice):
    torch.manual_seed(7)
    batches = max(1, 2048 // batch)
    x = torch.randn(batches, batch, 1, COLUMNS)
    y = torch.randint(0, CLASSES, (batches, batch))
    model = network().train()
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
        model = network().eval()
        x = torch.randn(int(rows), 1, COLUMNS)

        def predictor(size):
            @torch.inference_mode()
            def predict():
                return torch.cat([torch.softmax(model(part), dim=1) for part in x.split(size)])

            return predict

        sizes = [size for size in (16, 64, 256, 1024) if size <= int(rows)]
        predictors[key] = fastest({f"batches of {size}": predictor(size) for size in sizes})
    return predictors[key]


@torch.inference_mode()
def show_inference(folder):
    """The probabilities of the rows in a folder by the weights there, in Keras's order of their axes."""
    model = network().eval()
    for index, parameter in enumerate(model.parameters()):
        tensor = torch.from_numpy(np.load(f"{folder}/tensor{index}.npy"))
        if tuple(parameter.shape) == (32, 704):  # flattened with the channels inside
            tensor = tensor.reshape(11, 64, 32).permute(2, 1, 0).reshape(32, 704)
        elif tensor.dim() > 1:
            tensor = tensor.permute(*reversed(range(tensor.dim())))
        parameter.copy_(tensor)
    rows = torch.from_numpy(np.load(folder + "/rows.npy"))
    values = torch.softmax(model(rows[:, None]), dim=1)
    return {"parameters": sum(parameter.numel() for parameter in model.parameters()), "values": values.flatten().tolist()}


serve(f"PyTorch {torch.__version__}", {"train": train, "infer": infer}, {"infer": show_inference})
