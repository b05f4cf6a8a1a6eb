"""No path of the server's machine reaches a client: everything that can be asked for is, and looked through."""

import collections
import html
import json
import re
import shutil
import urllib.parse

import pytest
import requests

from conftest import BUILD, timbre, voice, write_wav

WORKFLOW = {
    "timbre": 1, "seed": 3, "load": {"sample_rate": 8000}, "views": {"original": [], "noisy": [{"use": "augment.noise"}]},
    "features": {"rms": {"use": "feature.rms"}, "mfcc": {"use": "feature.mfcc", "n_mfcc": 5}}, "vector": ["rms.mean", "mfcc.mean"],
    "split": {"by": "speaker", "test": 0.5}, "classifier": {"use": "classifier.logistic_regression"}, "artifacts": {"clips": 2}, "on_error": "skip",
}
# Everything that a name can hold and that some format escapes.
DATA = "Tom & Jerry's \"data\" <1>"


@pytest.fixture
def places(workspace, tmp_path):
    """Runs on recordings outside of the workspace: of a folder, of a table that names files, of several trials, and one that fails."""
    data = tmp_path / "elsewhere" / DATA
    for label, pitch in [("high", 300), ("low", 100)]:
        (data / label).mkdir(parents=True)
        for speaker in range(4):
            write_wav(data / label / f"s{speaker}.wav", voice(0.5, pitch + 10 * speaker, 8000), 8000)
    (data / "low/s9.wav").write_bytes(b"RIFF, as it were")
    table = tmp_path / "lists" / "all.csv"
    table.parent.mkdir()
    rows = [f"{path},{path.parent.name},{path.stem}" for path in sorted(data.glob("*/s[0-3].wav"))]
    table.write_text("file,label,speaker\n" + "\n".join('"' + row.split(",")[0].replace('"', '""') + '",' + row.split(",", 1)[1] for row in rows))
    folders = {"use": "dataset.folders", "path": str(data), "speaker_pattern": r"(s\d)[.]wav"}
    plans = {
        "folders": {**WORKFLOW, "dataset": folders, "title": f"Those of {data}"},
        "table": {**WORKFLOW, "dataset": {"use": "dataset.csv", "path": str(table)}},
        "several": {**WORKFLOW, "dataset": folders, "variants": {"one": {"scale": "none"}, "two": {"scale": "standard"}}},
        "failing": {**WORKFLOW, "dataset": folders, "split": {"by": "speaker", "folds": 50}},
    }
    for name, plan in plans.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(plan))
        timbre("run", path, "--out", workspace / "runs" / name, check=name != "failing")
    # As a workspace has it: without paths of its own.
    (workspace / "Workflows/folders.json").write_text(json.dumps({**plans["folders"], "title": "", "dataset": {**folders, "path": "${CORPUS}"}}))
    return data


def spelt(text):
    """A text, and what it says to those who read its format."""
    yield text
    for read in (html.unescape, urllib.parse.unquote, lambda text: html.unescape(urllib.parse.unquote(text))):
        yield read(text)
    yield text.replace('""', '"')
    yield text.replace('\\"', '"')
    yield html.unescape(text).replace('\\"', '"')


class Crawl:
    """Asks for everything, and keeps what has told too much."""

    def __init__(self, server, secrets):
        self.server = server
        self.secrets = secrets
        self.seen = collections.Counter()
        self.found = []
        self.session = requests.Session()

    def ask(self, address, **options):
        answer = self.session.request(options.pop("method", "GET"), self.server(address), timeout=60, **options)
        assert answer.status_code < 500, (address, answer.text)
        self.seen[answer.headers.get("Content-Type", "").split(";")[0]] += 1
        text = answer.content.decode("utf-8", "replace") + "\n" + "\n".join(f"{k}: {v}" for k, v in answer.headers.items())
        for secret in self.secrets:
            if any(secret in said for said in spelt(text)):
                self.found.append((address, secret))
        return answer

    def pages(self):
        """Every page that another one leads to."""
        waiting, known = ["/"], {"/"}
        while waiting:
            answer = self.ask(waiting.pop(), headers={"Accept": "text/html"})
            if not answer.headers.get("Content-Type", "").startswith("text/html"):
                continue
            for link in re.findall(r'(?:href|src)="([^"#]+)', answer.text):
                address = urllib.parse.urlsplit(urllib.parse.urljoin(answer.url, html.unescape(link)))
                target = address.path + (f"?{address.query}" if address.query else "")
                if address.netloc in self.server.address and not address.path.startswith("/api/") and target not in known:
                    known.add(target)
                    waiting.append(target)
        return known


def test_no_path_reaches_a_client(places, workspace, start):
    server = start(environment={"CORPUS": str(places)})
    crawl = Crawl(server, [str(workspace), str(places), str(places.parent), str(places.parents[1]), str(BUILD.resolve()), str(BUILD)])
    assert len(crawl.pages()) > 150
    ids = [run["name"] for run in crawl.ask("/api/v1/runs").json()]
    assert sorted(ids) == ["demo", "failing", "folders", "several", "table"]
    ids += [f"several:{trial['name']}" for trial in crawl.ask("/api/v1/runs/several/trials").json()]
    assert len(ids) == 7
    texts = collections.Counter()
    for name in ids:
        base = f"/api/v1/runs/{name}"
        folder = workspace / "runs" / name.replace(":", "/trials/")
        crawl.ask(base)
        crawl.ask(f"{base}/events")
        for file in crawl.ask(f"{base}/files").json():
            content = crawl.ask(f"{base}/files/{urllib.parse.quote(file['path'])}").content
            disk = (folder / file["path"]).read_bytes()
            if b"/elsewhere/Tom" in disk:
                texts[file["path"].split("/")[-1]] += 1
                assert content != disk
            elif file["path"].endswith((".npy", ".png", ".wav", ".safetensors")):
                assert content == disk
        if name in ("several", "failing"):
            continue
        clips = crawl.ask(f"{base}/clips").json()["clips"]
        assert clips
        for clip in clips[:3]:
            query = "?" + urllib.parse.urlencode({"clip": clip["id"]})
            for part in ["", "/audio", "/features/mfcc"]:
                assert crawl.ask(f"{base}/views/noisy{part}{query}").status_code == 200, clip["id"]
            assert crawl.ask(f"/runs/{name}/clip{query}").status_code == 200
    # There was something to hide.
    assert {"clips.csv", "workflow.json", "report.html"} <= set(texts), texts
    for query in ["run=folders&run=table", "run=several", "run=failing", "run=none"]:
        for format in ["json", "csv"]:
            crawl.ask(f"/api/v1/compare?{query}&format={format}")
        crawl.ask(f"/compare?{query}", headers={"Accept": "text/html"})
    for address in ["health", "metrics", "openapi.json", "models", "workflows", "workflow-keys", "plugins", "nothing"]:
        crawl.ask(f"/api/v1/{address}")
    text = (workspace / "Workflows/folders.json").read_text()
    crawl.ask("/api/v1/lint?detail=true&name=folders", method="POST", data=text)
    crawl.ask("/api/v1/lint?name=folders", method="POST", data=json.dumps({"extends": "../../x.json", "dataset": {"use": "dataset.csv", "path": "../t.csv"}}))
    run = crawl.ask("/api/v1/runs", method="POST", json={"workflow": "folders", "name": "started"}).json()
    events = crawl.ask(f"/api/v1/runs/{run['id']}/events").text
    assert '"state": "finished"' in events
    crawl.ask("/api/v1/runs", method="POST", json={"workflow": "folders", "set": ["dataset.path=${CORPUS}/none"]})
    crawl.ask("/runs/started")
    for sound in [b"RIFF", (places / "low/s1.wav").read_bytes()]:
        crawl.ask("/api/v1/predict", method="POST", files={"audio": ("a.wav", sound)})
        crawl.ask("/api/v1/plugins/feature.rms/try", method="POST", files={"audio": ("a.wav", sound)})
    assert crawl.found == []
    assert {"text/html", "application/json", "text/csv", "image/svg+xml", "text/event-stream"} <= set(crawl.seen)


def test_what_stands_instead_of_a_path_is_of_use(places, workspace, start):
    files = start(environment={"CORPUS": str(places)})("/api/v1/runs/folders/files/")
    workflow = requests.get(files + "workflow.json", timeout=10).json()
    assert workflow["dataset"]["path"] == "${CORPUS}"
    clips = requests.get(files + "clips.csv", timeout=10)
    assert ",${CORPUS}/high/s0.wav," in clips.text or '"${CORPUS}/high/s0.wav"' in clips.text
    assert "Accept-Ranges" not in clips.headers
    command = requests.get(files + "environment.json", timeout=10).json()["command"]
    assert command[0] == "…/timbre" and command[-1] == "runs/folders"
    again = requests.get(files + "clips.csv", headers={"If-None-Match": clips.headers["ETag"]}, timeout=10)
    assert again.status_code == 304
    # Without the variable the dataset has a name of its own, with which the workflow can be run elsewhere.
    other = requests.get(start()("/api/v1/runs/folders/files/workflow.json"), timeout=10)
    assert other.headers["ETag"] != requests.get(files + "workflow.json", timeout=10).headers["ETag"]
    assert other.json()["dataset"]["path"] == "${DATASET}"
    path = workspace / "again.json"
    path.write_text(other.text)
    assert json.loads(timbre("lint", path, "--json", check=False).stdout)[0]["kind"] == "unset_variable"


def test_clips_that_a_table_names_by_their_paths_can_be_looked_at(places, workspace, studio, browser):
    clips = requests.get(studio("/api/v1/runs/table/clips"), timeout=10).json()["clips"]
    assert {clip["id"] for clip in clips} == {f"${{FILES}}/{label}/s{n}.wav" for label in ("high", "low") for n in range(4)}
    browser.open(studio("/compare?run=table&run=folders"))
    assert "elsewhere" not in browser.driver.page_source
    browser.open(studio("/runs/table/clips"))
    link = browser.find("table.clips tbody th a")
    name = link.text
    browser.open(link.get_attribute("href"))
    browser.wait_for("#made .heatmap canvas")
    assert browser.find("h1").text == name and "bit for bit" in browser.find("#made").text
