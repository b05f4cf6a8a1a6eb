"""The description of the interface for programs against the routes themselves, by schemathesis."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import requests

from conftest import timbre

HERE = pathlib.Path(__file__).parent
QUICK = ["dataset.clips_per_emotion=2", "dataset.duration=1", "artifacts.clips=0"]


def filled(workspace):
    """What exists in the workspace, once there is one of everything."""
    sets = [word for value in QUICK for word in ("--set", value)]
    timbre("run", workspace / "Workflows/demo-variants.json", "--out", workspace / "runs/trials", *sets)
    (workspace / "Workflows/quick.json").write_text(json.dumps({
        "extends": "demo.json", "timbre": 1, "dataset": {"clips_per_emotion": 2, "duration": 1},
        "artifacts": {"clips": 0}, "classifier": {"use": "classifier.logistic_regression"}}))
    spare = [f"spare-{number}" for number in range(60)]
    for name in spare:
        (workspace / "runs" / name).mkdir()
        shutil.copy(workspace / "runs/demo/run.json", workspace / "runs" / name)
    return {
        "clip": "speaker02-calm-02", "spare": spare, "long": ["long-1", "long-2", "long-3"],
        "workflow": (workspace / "Workflows/demo.json").read_text()}


def answered(server):
    """The operations that have had an answer of 2xx, as `get /api/v1/runs/{id}`."""
    lines = requests.get(server("/api/v1/metrics"), timeout=5).text.splitlines()
    found = (re.match(r'timbre_http_requests_total{route="(.*)",method="(.*)",status="2\d\d"}', line) for line in lines)
    return {f"{match[2].lower()} {match[1]}" for match in found if match}


def test_the_routes_do_what_their_description_says(start, workspace, clip, tmp_path):
    real = filled(workspace)
    server = start("--queue", 256)
    for name in real["long"]:
        order = {"workflow": "demo", "name": name, "set": ["classifier.epochs=100000"]}
        assert requests.post(server("/api/v1/runs"), json=order, timeout=30).status_code == 202
    outcome = subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", server("/api/v1/openapi.json"), "--url", server.address,
         "--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--seed", "1", "--workers", "1",
         "--generation-database", "none", "--request-timeout", "60",
         # The server answers what a form should be in its own words; a verb that it has not is 404 or 405.
         "--exclude-checks", "unsupported_method,positive_data_acceptance"],
        capture_output=True, text=True, cwd=tmp_path, timeout=900,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "api_hooks.py"), "API_REAL": json.dumps({**real, "sound": str(clip)})})
    # Without the bytes of sounds.
    said = "".join(character for character in outcome.stdout if character.isascii() and (character.isprintable() or character == "\n"))
    assert outcome.returncode == 0, said[:6000] + said[-4000:] + outcome.stderr[-2000:]
    assert requests.get(server("/api/v1/health"), timeout=5).json()["status"] == "ready"
    # Each of them was not only refused.
    described = {
        f"{method} " + path.replace("{path}", "**")
        for path, operations in requests.get(server("/api/v1/openapi.json"), timeout=5).json()["paths"].items()
        for method in operations if method in ("get", "post", "put", "delete")}
    print(f"{len(described & answered(server))} of {len(described)} operations answered with 2xx")
    assert described - answered(server) == set()


def test_an_event_that_is_no_number_is_refused_however_it_comes(studio):
    events = studio("/api/v1/runs/demo/events")
    for wrong in ["-1", "x", "1.5", "99999999999999999999", "+1"]:
        for right in [{}, {"Last-Event-ID": "0"}]:
            answer = requests.get(events, params={"after": wrong}, headers=right, timeout=10)
            assert answer.status_code == 400 and "after" in answer.json()["error"]["message"], wrong
        for right in [{}, {"after": "0"}]:
            answer = requests.get(events, params=right, headers={"Last-Event-ID": wrong}, timeout=10)
            assert answer.status_code == 400 and "Last-Event-ID" in answer.json()["error"]["message"], wrong
    assert requests.get(events + "?after=0&after=1", timeout=10).status_code == 400
    # What a browser knows is newer than the address of the page.
    assert requests.get(events, params={"after": "0"}, headers={"Last-Event-ID": "1"}, timeout=10).status_code == 204
    assert "event: end" in requests.get(events, params={"after": "1"}, headers={"Last-Event-ID": "0"}, timeout=10).text


@pytest.mark.parametrize("address", [
    "compare?run=demo&format=", "runs?state=", "runs?sort=", "runs?limit=", "runs?reverse=", "runs/demo/clips?outcome=", "runs/demo/clips?offset=",
])
def test_what_is_empty_is_no_choice_and_no_number(studio, address):
    answer = requests.get(studio(f"/api/v1/{address}"), timeout=30)
    assert answer.status_code == 400 and answer.json()["error"]["kind"] == "bad_parameter", answer.text
    # A form of a page sends what was not filled in.
    assert requests.get(studio("/" + address), timeout=30).status_code == 200


def test_a_trial_stays_with_its_experiment(start, workspace):
    shutil.copytree(workspace / "runs/demo", workspace / "runs/experiment/trials/one")
    shutil.copy(workspace / "runs/demo/run.json", workspace / "runs/experiment/run.json")
    server = start()
    answer = requests.delete(server("/api/v1/runs/experiment:one"), timeout=10)
    error = answer.json()["error"]
    assert answer.status_code == 409 and error["kind"] == "part_of_experiment"
    assert "trials.csv" in error["message"] and "DELETE /api/v1/runs/experiment," in error["help"]
    assert (workspace / "runs/experiment/trials/one").exists()
    assert requests.delete(server("/api/v1/runs/experiment"), timeout=10).status_code == 204
    assert not (workspace / "runs/experiment").exists()
