"""Runs that the studio starts, and an MLflow tracking server that they log to."""

import json
import pathlib
import subprocess
import sys

import pytest
import requests

STUB = pathlib.Path(__file__).resolve().parents[1] / "Servers/tracking_stub.py"


@pytest.fixture
def tracking(tmp_path):
    """A server that says what MLflow says: its address, and the lines of what it was asked."""
    log = tmp_path / "asked"
    log.touch()
    process = subprocess.Popen([sys.executable, str(STUB), str(log)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}", lambda: log.read_text().splitlines()
    process.kill()
    process.wait()


def run(server, workspace, name, **order):
    """Starts a quick run, follows it to its end; what its events say."""
    (workspace / "Workflows/quick.json").write_text(json.dumps({
        "extends": "demo.json", "timbre": 1, "dataset": {"clips_per_emotion": 2, "duration": 1}, "artifacts": {"clips": 0},
        "title": "${MLFLOW_TRACKING_TOKEN:-no such thing}", "classifier": {"use": "classifier.logistic_regression"}}))
    answer = requests.post(server("/api/v1/runs"), json={"workflow": "quick", "name": name, **order}, timeout=30)
    assert answer.status_code == 202, answer.text
    return requests.get(server(f"/api/v1/runs/{name}/events"), timeout=120).text


@pytest.mark.parametrize("way", ["argument", "environment"])
def test_runs_log_to_mlflow(start, workspace, tracking, way):
    address, asked = tracking
    environment = {"MLFLOW_TRACKING_TOKEN": "open-sesame", "MLFLOW_EXPERIMENT_NAME": "voices"}
    if way == "environment":
        environment["MLFLOW_TRACKING_URI"] = address
    server = start(*(["--mlflow", address] if way == "argument" else []), environment=environment)
    events = run(server, workspace, "logged")
    assert '"state": "finished"' in events and "MLflow: " in events
    lines = asked()
    assert any("experiments/get-by-name" in line and "voices" in line for line in lines), lines
    assert any("runs/create" in line for line in lines) and any("PUT" in line and "metrics.json" in line for line in lines)
    assert all(line.endswith("Bearer open-sesame") for line in lines)
    assert json.loads((workspace / "runs/logged/mlflow.json").read_text())["server"] == address
    # What lets one in there is for no workflow, and for nobody who can read a run.
    assert json.loads((workspace / "runs/logged/workflow.json").read_text())["title"] == "no such thing"
    assert "open-sesame" not in events
    for path in (workspace / "runs/logged").rglob("*"):
        assert path.is_dir() or b"open-sesame" not in path.read_bytes(), path


def test_without_a_server_nothing_is_logged(start, workspace, tracking):
    address, asked = tracking
    server = start("--mlflow", "off", environment={"MLFLOW_TRACKING_URI": address})
    assert '"state": "finished"' in run(server, workspace, "unlogged")
    assert asked() == [] and not (workspace / "runs/unlogged/mlflow.json").exists()


def test_a_server_that_is_not_there_stops_no_run(start, workspace):
    events = run(start("--mlflow", "http://127.0.0.1:9"), workspace, "alone")
    assert '"state": "finished"' in events and "MLflow" in events
