"""Every curl of docs/studio.md does what it says."""

import shutil
import subprocess

from conftest import ROOT


def commands():
    inside = False
    for line in (ROOT / "docs/studio.md").read_text().splitlines():
        if line.startswith("```"):
            inside = line == "```sh"
        elif inside:
            yield line


def test_the_documents_commands_work(studio, clip, tmp_path):
    for name in ["clip.wav", "other.wav"]:
        shutil.copy(clip, tmp_path / name)
    asked = list(commands())
    assert len(asked) >= 6
    for command in asked:
        assert command.startswith("curl -s ")
        line = command.replace("curl -s", "curl -sf").replace("localhost:8080", studio.address)
        outcome = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True)
        assert outcome.returncode == 0 and outcome.stdout.strip(), command
