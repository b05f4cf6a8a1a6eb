"""The notebook's own recipe in librosa and PyTorch, for comparison with Workflows/ravdess-notebook.json.

Speech and song, three views a clip, 162 means, rows split 75/25 after augmentation (the leak is part of the recipe),
StandardScaler on the training rows, the 557,288-parameter Conv1D, Adam, batch 64, 50 epochs. Prints accuracy and macro F1.

usage: notebook_reference.py RAVDESS_FOLDER [--vectors CACHE.npz] [--epochs 50] [--seed 7]
"""
import argparse
import json
import pathlib
import time

import librosa
import numpy as np
import torch
from sklearn.metrics import accuracy_score, f1_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

from notebook_vector import vector


def rows(folder, rng):
    table, labels = [], []
    for path in sorted(pathlib.Path(folder).rglob("03-*.*")):
        y, sr = librosa.load(path, duration=2.5, offset=0.6)
        noisy = y + 0.035 * rng.uniform() * np.amax(y) * rng.normal(size=y.shape[0])
        moved = librosa.effects.pitch_shift(librosa.effects.time_stretch(y, rate=0.8), sr=sr, n_steps=0.7)
        for view in (y, noisy, moved):
            table.append(vector(view, sr))
            labels.append(int(path.stem.split("-")[2]) - 1)
    return np.array(table, dtype=np.float32), np.array(labels)


class Same(nn.Module):
    """Keras's 'same' max pooling: pool 5, stride 2, padded by minus infinity."""

    def forward(self, x):
        total = max((-(-x.shape[-1] // 2) - 1) * 2 + 5 - x.shape[-1], 0)
        x = nn.functional.pad(x, (total // 2, total - total // 2), value=float("-inf"))
        return nn.functional.max_pool1d(x, 5, 2)


def network():
    layers, channels = [], 1
    for filters in (256, 256, 128, 64):
        layers += [nn.Conv1d(channels, filters, 5, padding=2), nn.ReLU(), Same()]
        if filters == 128:
            layers.append(nn.Dropout(0.2))
        channels = filters
    layers += [nn.Flatten(), nn.Linear(64 * 11, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 8)]
    model = nn.Sequential(*layers)
    for module in model.modules():  # Keras's initial weights
        if isinstance(module, (nn.Conv1d, nn.Linear)):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    return model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ravdess")
    parser.add_argument("--vectors")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    started = time.time()
    cache = pathlib.Path(options.vectors) if options.vectors else None
    if cache and cache.exists():
        stored = np.load(cache)
        x, labels = stored["x"], stored["labels"]
    else:
        x, labels = rows(options.ravdess, np.random.default_rng(options.seed))
        if cache:
            np.savez(cache, x=x, labels=labels)
    features = time.time() - started
    torch.manual_seed(options.seed)
    train, test, train_labels, test_labels = train_test_split(x, labels, random_state=options.seed, shuffle=True)
    scaler = StandardScaler()
    train = torch.tensor(scaler.fit_transform(train), dtype=torch.float32)[:, None]
    test = torch.tensor(scaler.transform(test), dtype=torch.float32)[:, None]
    targets = torch.tensor(train_labels)
    model = network()
    count = sum(parameter.numel() for parameter in model.parameters())
    assert count == 557_288, count
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
    started = time.time()
    for epoch in range(options.epochs):
        model.train()
        total = 0.0
        order = torch.randperm(len(train))
        for start in range(0, len(order), 64):
            batch = order[start:start + 64]
            loss = nn.functional.cross_entropy(model(train[batch]), targets[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch + 1}: loss {total / len(train):.4f}, {time.time() - started:.0f} s", flush=True)
    model.eval()
    with torch.no_grad():
        predicted = model(test).argmax(1).numpy()
    print(json.dumps({
        "rows": len(x), "test_rows": len(test), "accuracy": accuracy_score(test_labels, predicted),
        "uar": recall_score(test_labels, predicted, average="macro"),
        "macro_f1": f1_score(test_labels, predicted, average="macro"),
        "feature_seconds": features, "training_seconds": time.time() - started,
    }))


if __name__ == "__main__":
    main()
