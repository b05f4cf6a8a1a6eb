"""What a run says: the table on the terminal, latest.json, and the page in docs."""
import json
import os
import pathlib
import platform

from harness import cores

BEGIN, END = "<!-- written by make bench: begin -->", "<!-- written by make bench: end -->"


def machine():
    model = platform.processor()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {len(cores())} cores, {platform.system()} {platform.machine()}, load {os.getloadavg()[0]:.1f} at the start"


def figure(value, unit):
    if unit == "s":
        return f"{value:.3g} s" if value >= 1 else f"{value * 1000:.3g} ms"
    return f"{value:,.0f} {unit}"


def required(result):
    if result["required"] is None:
        return "—"
    return ("≤ " if result.get("bound") else "≥ ") + f"{result['required']:g}"


def verdict(result):
    return {True: "met", False: "NOT MET", None: ""}[result["met"]]


def spread(result):
    low, high = result["spread"]
    return f"{low:.3g}–{high:.3g}"


def ratio(result):
    return f"{result['ratio']:.3g}"


def describe(result):
    """A line of the table on the terminal."""
    words = f"{result['row']:<42} {result['peer']:<28}"
    if result["ratio"] is None:
        return words + " " + result.get("note", "")
    figures = [figure(result[side], result["unit"]) if side in result else "" for side in ("timbre", "peer_figure")]
    words += f"{figures[0]:>18}{figures[1]:>18}{ratio(result):>8}  {spread(result):<14}{required(result):<8}{verdict(result)}"
    return words + (f"  ({result['note']})" if "note" in result else "")


def text(at, bench):
    names = "; ".join(dict.fromkeys(bench.names))
    head = f"{'row':<42} {'peer':<28}{'Timbre':>18}{'peer':>18}{'ratio':>8}  {'spread':<14}{'required':<8}"
    lines = [at, names, "", head, *(describe(result) for result in bench.results)]
    if bench.missing:
        lines += ["", "Not run beside: " + "; ".join(bench.missing.values())]
    return "\n".join(lines)


def write_json(path, results):
    rows = [{key: value for key, value in result.items() if key != "what"} for result in results]
    path.write_text(json.dumps(rows, indent=1) + "\n")


def write_page(path, at, bench):
    """Puts the run's table between the page's two marks."""
    lines = [at + ".", "", "; ".join(dict.fromkeys(bench.names)) + ".", ""]
    lines += ["| row | work | peer | ratio | spread | required | |", "| --- | --- | --- | ---: | ---: | ---: | --- |"]
    for result in bench.results:
        cells = [ratio(result), spread(result)] if result["ratio"] is not None else ["—", "—"]
        peer = result["peer"] + (f" ({result['way']})" if "way" in result else "")
        note = result.get("note") or verdict(result)
        lines.append("| " + " | ".join([result["row"], result["what"], peer, *cells, required(result), note]) + " |")
    page = path.read_text()
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{after}")
