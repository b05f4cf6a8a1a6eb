"""Writes a bundle's network and scaler in the form that a Python program would keep them in.

usage: export.py keras|onnx BUNDLE FOLDER (run from Benchmarks as `python -m cold.export`)
"""
import json
import pathlib
import sys

import numpy

from peers import weights

# The network's tensors in the order of its layers.
LAYERS = ("conv1d_1", "conv1d_2", "conv1d_3", "conv1d_4", "dense_1", "output")


def main(kind, bundle, folder):
    bundle, folder = pathlib.Path(bundle), pathlib.Path(folder)
    stored = weights.safetensors(bundle / "model.safetensors")
    tensors = [stored[f"model.{layer}/{part}"] for layer in LAYERS for part in ("kernel", "bias")]
    scaler = {name: stored[f"scaler.scaler.{name}"] for name in ("offset", "scale")}
    numpy.savez(folder / "scaler.npz", **scaler)
    (folder / "labels.json").write_text(json.dumps(json.loads((bundle / "bundle.json").read_text())["labels"]))
    if kind == "keras":
        weights.keras_model(tensors).save(folder / "model.keras")
    else:
        (folder / "model.onnx").write_bytes(weights.onnx_model(tensors).SerializeToString())


main(*sys.argv[1:])
