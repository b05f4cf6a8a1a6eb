"""For schemathesis: puts what there is in the workspace into most requests, so that routes are asked for more than what is missing.

API_REAL holds, as JSON, the values that exist: see test_api.py. What schemathesis has made wrong on purpose stays as it is.
"""

import collections
import json
import os
import pathlib

import schemathesis
from schemathesis.core.parameters import ParameterLocation

REAL = json.loads(os.environ["API_REAL"])
SOUND = pathlib.Path(REAL["sound"]).read_bytes()
turns = collections.Counter()


def path(operation, turn):
    """The names in the address of an operation."""
    one = lambda values: values[turn % len(values)]
    if operation == "remove_run":
        return {"id": REAL["spare"].pop() if REAL["spare"] else "gone"}
    if operation == "stop_run":
        return {"id": one(REAL["long"])}
    if operation == "remove_workflow" or operation == "write_workflow":
        return {"name": one(["mine", "yours"])}
    # Only a run of its own has clips; the events of one under way would not end.
    run = one(["demo", "trials:svm"]) if operation.startswith("clip") else one(["demo", "trials", "trials:svm"])
    return {
        "id": one(["feature.mfcc", "feature.rms", "augment.noise"]) if operation in ("plugin", "try") else run,
        "path": one(["metrics.json", "clips.csv", "report.html"]) if run != "trials" else "trials.csv",
        "view": "original", "node": "mfcc", "name": "demo",
    }


def body(operation, case):
    if operation == "predict":
        return {"audio": SOUND}
    if operation == "try":
        return {"sample": "voice", "parameters": "{}"}
    if operation == "start_run":
        return {"workflow": "quick"} if turns["start_run"] < 12 else case.body
    if operation == "lint":
        return REAL["workflow"]
    return case.body


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation.definition.raw["operationId"]
    turns[operation] += 1
    turn = turns[operation]
    wrong = case.meta.is_negative_at if case.meta else lambda location: False
    # schemathesis finds out itself what there is, and must not take away what other operations need.
    changes = operation in ("remove_run", "remove_workflow", "write_workflow")
    if (turn % 4 == 0 and not changes) or case.media_type == "audio/*":
        return
    if not wrong(ParameterLocation.PATH) and case.path_parameters:
        real = path(operation, turn)
        case.path_parameters.update({name: real[name] for name in case.path_parameters if name in real})
    # Of a query that is wrong, the other parameters may be right.
    culprit = getattr(case.meta.phase.data, "parameter", None) if case.meta else None
    if not wrong(ParameterLocation.QUERY) or culprit:
        if operation.startswith("clip_") and culprit != "clip":
            case.query["clip"] = REAL["clip"]
        if operation == "compare" and culprit != "run":
            case.query["run"] = ["demo", "trials:svm"]
    if not wrong(ParameterLocation.QUERY):
        for name in ("model", "name"):
            case.query.pop(name, None)
    if operation == "write_workflow" and turn % 2 and not wrong(ParameterLocation.HEADER):
        case.headers.pop("If-Match", None)
        case.headers.pop("If-None-Match", None)
    if operation == "remove_workflow" and not wrong(ParameterLocation.HEADER):
        case.headers.pop("If-Match", None)
    if not wrong(ParameterLocation.BODY) and case.media_type and turn % 2:
        case.body = body(operation, case)
