"""The description of the interface for programs against the routes themselves, by schemathesis."""

import subprocess
import sys
import pathlib

import requests


def test_the_routes_do_what_their_description_says(start, tmp_path):
    server = start("--queue", 256)
    outcome = subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", server("/api/v1/openapi.json"), "--url", server.address,
         "--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--seed", "1", "--workers", "1",
         "--generation-database", "none", "--request-timeout", "60",
         # The server answers what a form should be in its own words; a verb that it has not is 404 or 405.
         "--exclude-checks", "unsupported_method,positive_data_acceptance"],
        capture_output=True, text=True, cwd=tmp_path, timeout=600)
    assert outcome.returncode == 0, outcome.stdout[-6000:] + outcome.stderr[-2000:]
    assert requests.get(server("/api/v1/health"), timeout=5).json()["status"] == "ready"
