"""The default network of classifier.conv1d, 557,288 parameters, on all cores."""
from harness import Disagreement, cores, require_equal

# (positions, inputs of a filter, filters) of the products: four convolutions of 5 taps, two dense layers.
PRODUCTS = [(162, 5 * 1, 256), (81, 5 * 256, 256), (41, 5 * 256, 128), (21, 5 * 128, 64), (1, 704, 32), (1, 32, 8)]
BATCH = 64


def run(bench):
    for peer, least in (("PyTorch", 1.7), ("Keras", 2.5)):
        bench.row("train", peer, "samples a second: steps of Adam, batches of 64", lambda: train(bench, peer), at_least=least)
    bench.row("limit", "sgemm", "GFLOP/s of training beside a plain matrix product", lambda: limit(bench), at_least=0.75)
    for peer, least in (("PyTorch", 1.4), ("Keras", 2.5), ("onnxruntime", 1)):
        rows = 256 if bench.options.quick else 1_024
        what = f"vectors a second: probabilities of {rows:,}"
        bench.row("infer", peer, what, lambda: infer(bench, peer, rows), at_least=least)
    bench.dismiss()


def same_network(bench):
    """Both have the same number of parameters and, given the same weights, the same probabilities."""

    def check(here, there):
        ours, theirs = (side.ask("infer", "show", bench.folder) for side in (here, there))
        if ours["parameters"] != theirs["parameters"]:
            raise Disagreement(f"{ours['parameters']} parameters against {theirs['parameters']}")
        return require_equal(ours["values"], theirs["values"])

    return check


def train(bench, peer):
    return bench.against(
        peer, "train", [len(cores()), BATCH], check=same_network(bench), per_call=BATCH, unit="samples/s",
        seconds=2 * bench.options.seconds)


def infer(bench, peer, rows):
    return bench.against(peer, "infer", [len(cores()), rows], check=same_network(bench), per_call=rows, unit="vectors/s")


def step_flops():
    """Of a training step: a product forward and two backward a layer, without the gradient by the network's input."""
    products = [2 * positions * inputs * filters for positions, inputs, filters in PRODUCTS]
    return BATCH * (3 * sum(products) - products[0])


def limit(bench):
    """Matrices of the size that the machine is fastest at; a process of its own, since training ends OpenBLAS's threads."""
    training, multiplying = bench.worker("Timbre"), bench.worker("sgemm")
    seconds, threads = 2 * bench.options.seconds, len(cores())

    def rate(size):
        return 2 * size**3 / multiplying.ask("sgemm", "time", seconds / 4, threads, size)["seconds"]

    size = max((512, 1024, 2048), key=rate)
    per_flop = 1e-9 * step_flops()
    # As costs, so that more is worse: seconds for a GFLOP.
    result = bench.alternate(
        lambda: training.ask("train", "time", seconds, threads, BATCH)["seconds"] / per_flop,
        lambda: multiplying.ask("sgemm", "time", seconds, threads, size)["seconds"] / (2e-9 * size**3))
    return {**result, "timbre": 1 / result["timbre"], "peer_figure": 1 / result["peer_figure"], "unit": "GFLOP/s", "size": size}
