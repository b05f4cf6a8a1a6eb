"""One prediction by librosa and onnxruntime, as a program of one's own would make it: usage: predict_onnxruntime.py AUDIO FOLDER."""
import json
import sys

import onnxruntime

from cold.vector import scaled_vector

audio, folder = sys.argv[1:]
session = onnxruntime.InferenceSession(f"{folder}/model.onnx", providers=["CPUExecutionProvider"])
values = session.run(None, {"rows": scaled_vector(audio, folder)[None, None]})[0][0]
labels = json.load(open(f"{folder}/labels.json"))
print(json.dumps(dict(zip(labels, values.tolist()))))
