"""onnxruntime's side of the benchmark: the default network of classifier.conv1d on the CPU. See serve.py."""
import numpy
import onnxruntime

from peers import weights
from peers.serve import fastest, serve

# Of its tensors, in Keras's order of axes.
SHAPES = [
    (5, 1, 256), (256,), (5, 256, 256), (256,), (5, 256, 128), (128,), (5, 128, 64), (64,), (704, 32), (32,), (32, 8), (8,)]
predictors = {}


def session(tensors, threads=0):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(threads)
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(
        weights.onnx_model(tensors).SerializeToString(), options, providers=["CPUExecutionProvider"])


def infer(threads, rows):
    """The probabilities of so many rows a call, in the batches that it is fastest with."""
    key = (threads, rows)
    if key not in predictors:
        random = numpy.random.default_rng(7)
        network = session([random.normal(size=shape).astype(numpy.float32) * 0.05 for shape in SHAPES], threads)
        x = random.normal(size=(int(rows), 1, weights.COLUMNS)).astype(numpy.float32)

        def predictor(size):
            parts = [x[start:start + size] for start in range(0, len(x), size)]
            return lambda: numpy.concatenate([network.run(None, {"rows": part})[0] for part in parts])

        sizes = [size for size in (8, 16, 64, 256, 1024) if size <= int(rows)]
        predictors[key] = fastest({f"batches of {size}": predictor(size) for size in sizes})
    return predictors[key]


def show_inference(folder):
    """The probabilities of the rows in a folder by the weights there."""
    tensors = weights.saved(folder)
    rows = numpy.load(folder + "/rows.npy")
    values = session(tensors).run(None, {"rows": rows[:, None]})[0]
    return {"parameters": sum(tensor.size for tensor in tensors), "values": values.flatten().tolist()}


serve(f"onnxruntime {onnxruntime.__version__}", {"infer": infer}, {"infer": show_inference})
