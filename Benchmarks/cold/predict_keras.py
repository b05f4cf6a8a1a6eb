"""One prediction by librosa and Keras, as a program of one's own would make it: usage: predict_keras.py AUDIO FOLDER."""
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402
import numpy  # noqa: E402

from cold.vector import scaled_vector  # noqa: E402

audio, folder = sys.argv[1:]
# Called directly: `predict` would trace and compile a graph first, which takes longer than the one row.
values = keras.models.load_model(f"{folder}/model.keras", compile=False)(scaled_vector(audio, folder)[None, :, None], training=False)
labels = json.load(open(f"{folder}/labels.json"))
print(json.dumps(dict(zip(labels, numpy.asarray(values)[0].tolist()))))
