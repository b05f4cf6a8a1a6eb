"""A real MLflow tracking server for tests, and what it holds. Needs MLflow (Tests/requirements-mlflow.txt).

usage: tracking_server.py serve FOLDER          prints its port once it answers, and ends with its standard input
       tracking_server.py dump PORT EXPERIMENT OUT   all runs by MLflow's own client: OUT/runs.json, and their artifacts in OUT/<run id>
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request


def serve(folder):
    os.makedirs(folder, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = dict(os.environ, MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false", MLFLOW_DISABLE_TELEMETRY="true")
    with open(f"{folder}/log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
             "--backend-store-uri", f"sqlite:///{folder}/runs.sqlite", "--artifacts-destination", f"{folder}/artifacts"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=folder, start_new_session=True)
    try:
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        print(port, flush=True)
        sys.stdin.read()
    finally:
        os.killpg(server.pid, signal.SIGKILL)


def dump(port, experiment, out):
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    from mlflow.tracking import MlflowClient

    address = f"http://127.0.0.1:{port}"
    client = MlflowClient(address)
    runs = []
    for run in client.search_runs([client.get_experiment_by_name(experiment).experiment_id], max_results=1000):
        identity = run.info.run_id
        place = f"{out}/{identity}"
        os.makedirs(place, exist_ok=True)
        client.download_artifacts(identity, "", place)
        runs.append({
            "id": identity, "name": run.info.run_name, "status": run.info.status, "ended": run.info.end_time is not None,
            "parameters": run.data.params, "tags": run.data.tags,
            "metrics": {
                key: [[point.step, point.value] for point in client.get_metric_history(identity, key)]
                for key in run.data.metrics},
        })
    with open(f"{out}/runs.json", "w") as file:
        json.dump(runs, file)


if sys.argv[1] == "serve":
    serve(os.path.abspath(sys.argv[2]))
else:
    dump(*sys.argv[2:5])
