"""The default network of classifier.conv1d, built from the tensors that Timbre writes: for Keras and for onnxruntime.

Twelve tensors, the kernel and the bias of each layer, in Keras's order of axes: kernel × channels × filters, inputs × outputs.
"""
import json
import pathlib
import struct

import numpy

COLUMNS, CLASSES, PARAMETERS = 162, 8, 557_288
FILTERS = (256, 256, 128, 64)


def saved(folder):
    """The tensors that `timbre-bench infer show FOLDER` left."""
    return [numpy.load(f"{folder}/tensor{index}.npy") for index in range(12)]


def safetensors(path):
    """{name: array} of a file of float32 tensors."""
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    head = json.loads(data[8:8 + length])
    head.pop("__metadata__", None)
    body = data[8 + length:]
    arrays = {}
    for name, about in head.items():
        begin, end = about["data_offsets"]
        arrays[name] = numpy.frombuffer(body[begin:end], {"F32": "<f4", "F64": "<f8", "I64": "<i8"}[about["dtype"]]).reshape(about["shape"])
    return arrays


def keras_model(tensors=None):
    import keras
    from keras import layers

    def block(filters):
        return [layers.Conv1D(filters, 5, padding="same", activation="relu"), layers.MaxPooling1D(5, strides=2, padding="same")]

    model = keras.Sequential([
        keras.Input((COLUMNS, 1)), *block(256), *block(256), *block(128), layers.Dropout(0.2), *block(64), layers.Flatten(),
        layers.Dense(32, activation="relu"), layers.Dropout(0.3), layers.Dense(CLASSES, activation="softmax"),
    ])
    assert model.count_params() == PARAMETERS
    if tensors is not None:
        model.set_weights(tensors)
    return model


def onnx_model(tensors):
    """The same as an ONNX graph of standard operators, which onnxruntime fuses where it can."""
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes, initial, value, length = [], [], "rows", COLUMNS

    def tensor(name, array):
        initial.append(numpy_helper.from_array(numpy.ascontiguousarray(array, dtype=numpy.float32), name))
        return name

    def node(operator, inputs, output, **attributes):
        nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    for index in range(4):
        kernel, bias = tensors[2 * index:2 * index + 2]
        inputs = [value, tensor(f"kernel{index}", kernel.transpose(2, 1, 0)), tensor(f"bias{index}", bias)]
        value = node("Conv", inputs, f"conv{index}", kernel_shape=[5], pads=[2, 2])
        value = node("Relu", [value], f"relu{index}")
        # Keras's 'same': of an odd number of padding rows, the larger half comes last.
        padding = max(0, (-(-length // 2) - 1) * 2 + 5 - length)
        value = node("MaxPool", [value], f"pool{index}", kernel_shape=[5], strides=[2], pads=[padding // 2, padding - padding // 2])
        length = -(-length // 2)
    value = node("Flatten", [value], "flat")
    # Channels come first here: the rows of the matrix follow.
    dense = tensors[8].reshape(length, FILTERS[-1], -1).transpose(1, 0, 2).reshape(length * FILTERS[-1], -1)
    value = node("Relu", [node("Gemm", [value, tensor("dense", dense), tensor("dense_bias", tensors[9])], "hidden")], "hidden_relu")
    value = node("Gemm", [value, tensor("output", tensors[10]), tensor("output_bias", tensors[11])], "logits")
    node("Softmax", [value], "probabilities", axis=1)
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", 1, COLUMNS])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", CLASSES])
    graph = helper.make_graph(nodes, "conv1d", [rows], [probabilities], initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model
