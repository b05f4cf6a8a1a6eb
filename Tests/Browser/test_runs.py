"""Runs, their clips, and the pictures one can look into."""

import csv
import json
import re
import shutil

import pytest
import requests
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from conftest import timbre

CLIP = "speaker02-calm-02"


def copy(workspace, name, **changes):
    """The demo's run once more, under another name."""
    folder = workspace / "runs" / name
    shutil.copytree(workspace / "runs/demo", folder)
    for file, change in changes.items():
        path = folder / f"{file}.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    return folder


def names(browser):
    return [cell.text for cell in browser.all("table.runs tbody th a")]


def answers(workspace):
    with open(workspace / "runs/demo/predictions.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_runs_are_listed_filtered_sorted_and_removed(workspace, studio, browser):
    copy(workspace, "worse", metrics={"uar": 0.1}, run={"started": "2020-01-01T00:00:00Z"})
    copy(workspace, "best", metrics={"uar": 0.99}, workflow={"title": "Something <b>else"})
    copy(workspace, "broken", run={"state": "failed"})
    browser.open(studio("/runs"))
    assert sorted(names(browser)) == ["best", "broken", "demo", "worse"]
    browser.driver.find_element("link text", "UAR").click()
    browser.wait(lambda: names(browser)[0] == "best")
    assert browser.find("th[aria-sort]").text.startswith("UAR")
    browser.driver.find_element("link text", "UAR").click()
    browser.wait(lambda: names(browser)[0] == "worse")
    browser.find("#words").send_keys("<b>", Keys.ENTER)
    browser.wait(lambda: names(browser) == ["best"])
    browser.open(studio("/runs"))
    browser.find("#state [value=failed], #state option:nth-child(5)").click()
    browser.wait(lambda: names(browser) == ["broken"])
    browser.open(studio("/runs"))
    remove = browser.find("[data-remove]")
    assert not remove.is_enabled()
    for name in ["worse", "broken"]:
        browser.find(f"input[value={name}]").click()
    remove.click()
    assert browser.find("#sure-title").text == "Remove 2 runs?"
    assert browser.violations() == []
    browser.find("#sure button[value=no]").click()
    assert (workspace / "runs/worse").exists()
    remove.click()
    browser.find("#sure button[value=yes]").click()
    browser.wait(lambda: sorted(names(browser)) == ["best", "demo"])
    assert sorted(path.name for path in (workspace / "runs").iterdir()) == ["best", "demo"]
    assert browser.violations() == []


def test_a_cell_of_the_confusions_opens_the_clips_in_it(workspace, studio, browser):
    rows = answers(workspace)
    wrong = next(row for row in rows if row["label"] != row["predicted"])
    browser.open(studio("/runs/demo"))
    verdict = json.loads((workspace / "runs/demo/metrics.json").read_text())["verdict"]
    assert browser.find("#main > p").text == verdict
    assert len(browser.all(".metric")) == 4 and browser.all("#training svg")
    assert browser.violations() == []
    cell = browser.find(f"#confusion a[aria-label$='{wrong['label']} taken for {wrong['predicted']}']")
    browser.driver.execute_script("arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", cell)
    ActionChains(browser.driver).click(cell).perform()
    browser.wait(lambda: "/clips" in browser.driver.current_url)
    expected = [row["id"] for row in rows if (row["label"], row["predicted"]) == (wrong["label"], wrong["predicted"])]
    assert [link.text for link in browser.all("table.clips tbody th a")] == expected
    assert browser.violations() == []
    browser.find("table.clips tbody th a").click()
    browser.wait_for(".heatmap canvas")
    assert browser.find("h1").text == expected[0]


def test_a_clip_is_heard_and_looked_into(workspace, studio, browser):
    row = answers(workspace)[0]
    base = studio("/api/v1/runs/demo/views/original")
    browser.open(studio(f"/runs/demo/clip?clip={row['id']}"))
    audio = browser.wait_for("#made audio")
    seconds = requests.get(base, params={"clip": row["id"]}, timeout=30).json()["seconds"]
    browser.wait(lambda: audio.get_property("duration") == pytest.approx(seconds, abs=0.01))
    assert "bit for bit" in browser.find("#made").text
    map_ = "[data-feature=mfcc] "
    browser.wait(lambda: "arrow keys" in browser.find(map_ + ".told").text)
    whole = requests.get(f"{base}/features/mfcc", params={"clip": row["id"]}, timeout=30).json()
    assert whole["pooling"] == "none" and whole["bins"] == 20
    # Under the pointer stands the exact value of the cell.
    plot = browser.find(map_ + ".plot")
    browser.driver.execute_script("arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", plot)
    ActionChains(browser.driver).move_to_element(plot).perform()
    told = browser.wait(lambda: (text := browser.find(map_ + ".told").text).count("·") == 2 and text)
    name, time, value = [part.strip() for part in told.split("·")]
    bin_ = whole["bin_names"].index(name.split(",")[0])
    frame = round((float(time.split()[0]) - whole["start"]) / whole["hop"])
    assert float(value.split()[0]) == whole["values"][bin_][frame]
    # So it does for the keys, and after zooming.
    plot.send_keys(Keys.ARROW_RIGHT)
    browser.wait(lambda: str(whole["values"][bin_][frame + 1]) in browser.find(map_ + ".told").text)
    browser.find(map_ + "[aria-label^='Zoom in']").click()
    plot.send_keys(Keys.ARROW_LEFT)
    browser.wait(lambda: str(whole["values"][bin_][frame]) in browser.find(map_ + ".told").text)
    # The playhead follows the player.
    browser.find(map_ + "[aria-label^='Show all']").click()
    browser.driver.execute_script("arguments[0].currentTime = 1", audio)
    browser.wait(lambda: browser.find(map_ + ".playhead").is_displayed())
    # Another view is another sound with the draws of the run.
    browser.find("#view option:nth-child(2)").click()
    browser.wait(lambda: "drawn" in browser.find("#made .detail").text)
    assert "view=" in browser.driver.current_url
    browser.wait(lambda: browser.all("#made .heatmap canvas"))
    assert browser.violations() == []


def test_values_are_those_of_the_run(workspace, studio):
    answer = requests.get(studio("/api/v1/runs/demo/clips"), params={"limit": 5}, timeout=10).json()
    for clip in answer["clips"]:
        base = studio(f"/api/v1/runs/demo/views/{clip['view']}")
        view = requests.get(base, params={"clip": clip["id"]}, timeout=30).json()
        assert view["same_as_run"] is True
    listed = json.loads(timbre("runs", workspace / "runs", "--json").stdout)
    told = requests.get(studio("/api/v1/runs"), timeout=10).json()
    assert [{**run, "path": run["path"].split("/")[-1]} for run in told] == [
        {**run, "path": run["path"].split("/")[-1]} for run in listed]
    inspected = json.loads(timbre("inspect", workspace / "runs/demo", "--json").stdout)
    assert requests.get(studio("/api/v1/runs/demo"), timeout=10).json() == inspected


def test_files_come_with_ranges_and_under_a_policy(workspace, studio):
    files = studio("/api/v1/runs/demo/files")
    listed = {file["path"]: file["bytes"] for file in requests.get(files, timeout=10).json()}
    report = requests.get(f"{files}/report.html", timeout=10)
    assert report.headers["Content-Type"].startswith("text/html")
    policy = report.headers["Content-Security-Policy"]
    assert "script-src" not in policy and "default-src 'none'" in policy and policy.endswith("sandbox allow-downloads")
    assert set(listed) >= {"report.html", "clips.csv"}
    table = requests.get(f"{files}/clips.csv", timeout=10)
    assert table.headers["Content-Disposition"].startswith("attachment")
    sound = next(path for path in listed if path.endswith(".wav"))
    part = requests.get(f"{files}/{sound}", headers={"Range": "bytes=10-19"}, timeout=10)
    assert part.status_code == 206 and part.content == (workspace / "runs/demo" / sound).read_bytes()[10:20]
    assert part.headers["Content-Range"] == f"bytes 10-19/{listed[sound]}"
    assert requests.get(f"{files}/{sound}", headers={"Range": "bytes=99999999-"}, timeout=10).status_code == 416
    (workspace / "secret.txt").write_text("secret")
    (workspace / "runs/demo/link.txt").symlink_to(workspace / "secret.txt")
    for path in ["..%2f..%2fsecret.txt", "%2e%2e/%2e%2e/secret.txt", "link.txt", ".hidden", "clips", "nothing"]:
        assert requests.get(f"{files}/{path}", timeout=10).status_code == 404, path


@pytest.mark.parametrize("token", [None, "correct-horse"])
def test_a_report_shows_everything_and_can_do_nothing(workspace, start, browser, token):
    studio = start(*(["--token", token] if token else []))
    page = workspace / "runs/demo/report.html"
    shutil.copy(next((workspace / "runs/demo/clips").rglob("*.png")), workspace / "runs/demo/clips/beside.png")
    page.write_text(page.read_text().replace("</main>", '<img id="beside" src="./clips/beside.png" alt=""></main>'))
    browser.open(studio.opened)
    browser.open(studio("/runs/demo"))
    browser.driver.find_element("link text", "Report as one file").click()
    browser.wait(lambda: browser.driver.current_url.endswith("report.html"))
    assert browser.find("#beside").get_property("naturalWidth") > 0
    assert browser.driver.execute_script("return window.origin") == "null"
    audio = browser.find("audio")
    browser.driver.execute_script("arguments[0].preload = 'auto'; arguments[0].load()", audio)
    browser.wait(lambda: audio.get_property("duration") > 0.5)
    # A pass is for what is seen and heard, of this run alone; programs get none.
    address = audio.get_property("src")
    assert requests.get(address, timeout=5).status_code == 200
    for wrong in [address[:-1] + ("0" if address[-1] != "0" else "1"), address.split("?")[0], re.sub("clips/.*wav", "metrics.json", address)]:
        assert requests.get(wrong, timeout=5).status_code == (401 if token else 200), wrong
        assert requests.get(wrong, timeout=5).headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert requests.get(address.replace("runs/demo/files", "runs/other/files"), timeout=5).status_code in (401, 404)
    plain = requests.get(studio("/api/v1/runs/demo/files/report.html"), headers={"Authorization": f"Bearer {token}"}, timeout=5)
    assert plain.status_code == 200 and "pass=" not in plain.text
    browser.find("a[href$='metrics.json']").send_keys(Keys.ENTER)
    browser.wait(lambda: browser.driver.current_url.endswith("metrics.json"))
    assert "accuracy" in browser.find("pre").text
    assert browser.errors() == []
    # What a plugin, or a run folder from elsewhere, may have written there.
    page.write_text(page.read_text().replace("</main>", """<p id="mark">quiet</p>
        <script>document.getElementById("mark").textContent = "ran"</script><iframe src="/runs"></iframe>
        <img src="x" alt="" onerror="document.getElementById('mark').textContent = 'ran'"></main>"""))
    browser.open(studio("/api/v1/runs/demo/files/report.html"))
    assert browser.find("#mark").text == "quiet"
    said = browser.errors()
    assert any("script" in line for line in said) and any("frame" in line for line in said) and len(said) <= 4, said
    browser.expected = said


def test_trials_are_reached_from_their_comparison(workspace, start, browser):
    """Within the sandbox, from page to page, with a token."""
    timbre("run", workspace / "Workflows/demo-variants.json", "--out", workspace / "runs/trials",
           "--set", "dataset.clips_per_emotion=2", "--set", "dataset.duration=1", "--set", "artifacts.clips=1")
    studio = start("--token", "correct-horse")
    browser.open(studio.opened)
    browser.open(studio("/api/v1/runs/trials/files/compare.html"))
    browser.find("a[href$='svm/report.html']").send_keys(Keys.ENTER)
    browser.wait(lambda: browser.driver.current_url.endswith("trials/svm/report.html"))
    audio = browser.wait_for("audio")
    browser.driver.execute_script("arguments[0].preload = 'auto'; arguments[0].load()", audio)
    browser.wait(lambda: audio.get_property("duration") > 0.5)


def test_what_is_under_way_stays(workspace, studio):
    copy(workspace, "busy", run={"state": "running"})
    answer = requests.delete(studio("/api/v1/runs/busy"), timeout=10)
    assert answer.status_code == 409 and (workspace / "runs/busy").exists()
    foreign = requests.delete(studio("/api/v1/runs/demo"), headers={"Origin": "http://evil.example"}, timeout=10)
    assert foreign.status_code == 403
    for name in ["..", ".", "nothing", "%2e%2e%2fruns", "demo%2fclips"]:
        assert requests.delete(studio(f"/api/v1/runs/{name}"), timeout=10).status_code in (404, 405), name
    assert (workspace / "runs/demo").exists()


def test_an_experiment_shows_its_trials(workspace, start, browser):
    timbre("run", workspace / "Workflows/demo-variants.json", "--out", workspace / "runs/trials",
           "--set", "dataset.clips_per_emotion=2", "--set", "dataset.duration=1", "--set", "artifacts.clips=0")
    studio = start()
    browser.open(studio("/runs/trials"))
    assert sorted(names(browser)) == ["mfcc13", "plain", "svm"]
    assert browser.violations() == []
    browser.driver.find_element("link text", "svm").click()
    browser.wait_for("#folds table")
    assert "/runs/trials:svm" in browser.driver.current_url
    # A click scrolls there first, which takes its time.
    browser.open(browser.find("#clips table a").get_attribute("href"))
    browser.wait_for("#made .heatmap canvas")
    browser.wait(lambda: "bit for bit" in browser.find("#made").text)


def test_a_trial_is_asked_in_predict(workspace, start, browser, clip):
    timbre("run", workspace / "Workflows/demo-variants.json", "--out", workspace / "runs/trials", "--set", "split.folds=null",
           "--set", "split.test=0.3", "--set", "dataset.clips_per_emotion=2", "--set", "dataset.duration=1",
           "--set", "artifacts.clips=0")
    studio = start()
    browser.open(studio("/runs/trials"))
    best = browser.driver.find_element("link text", "Use the best in Predict").get_dom_attribute("href")
    browser.open(studio("/runs/trials:svm"))
    browser.driver.find_element("link text", "Use in Predict").click()
    assert browser.wait_for("#model").get_property("value") == "trials:svm"
    models = [one.get_property("value") for one in browser.all("#model option")]
    assert best.split("=")[1].replace("%3A", ":") in models and "trials" not in models
    browser.find("#files").send_keys(str(clip))
    label = browser.wait_for(".answer .label").text
    bundle = workspace / "runs/trials/trials/svm/bundle"
    assert label == json.loads(timbre("predict", clip, "--model", bundle, "--json").stdout)[0]["label"]


def begin(studio, name):
    """A run that goes on until it is stopped."""
    order = {"workflow": "demo", "name": name, "set": ["classifier.epochs=100000"]}
    assert requests.post(studio("/api/v1/runs"), json=order, timeout=10).status_code == 202


def test_a_run_under_way_is_watched_and_stopped_from_the_table(workspace, studio, browser):
    begin(studio, "long")
    begin(studio, "waiting")
    browser.open(studio("/runs"))
    # One waits for its turn, without a folder of its own.
    assert "waiting" in [one.text for one in browser.all(".run-list a")]
    browser.wait(lambda: (browser.driver.refresh(), browser.driver.find_element("link text", "running")), 30)
    browser.driver.find_element("link text", "running").click()
    browser.wait(lambda: "training" in browser.find(".stages").text, 60)
    assert browser.driver.current_url.endswith("/runs/long") and browser.violations() == []
    # So it is after coming back, with the curves from their beginning.
    browser.driver.refresh()
    browser.wait(lambda: len(browser.all("#live svg")) == 2, 30)
    browser.open(studio("/runs/waiting"))
    browser.wait(lambda: browser.find("#live .tag").text == "waits for the run before it")
    browser.find("#live button.danger").send_keys(Keys.ENTER)
    browser.wait(lambda: browser.find("#live .tag").text == "interrupted")
    browser.open(studio("/runs/long"))
    browser.wait_for("#live button.danger").send_keys(Keys.ENTER)
    browser.wait(lambda: browser.find("#live .tag").text == "interrupted", 60)
    browser.driver.find_element("link text", "Open the run").click()
    browser.wait(lambda: "interrupted" in browser.find(".facts").text and not browser.all("#live"))
    assert json.loads((workspace / "runs/long/run.json").read_text())["state"] == "interrupted"


def test_a_run_of_another_program_says_where_it_is_stopped(workspace, studio, browser):
    copy(workspace, "busy", run={"state": "running"})
    browser.open(studio("/runs/busy"))
    assert "in another program" in browser.find("main").text and not browser.all("#live")


def test_a_run_that_failed_says_why_in_words(workspace, studio, browser):
    copy(workspace, "broken", run={
        "state": "failed", "error": "error: data/<b>x: no such folder [bad_dataset]\n  help: check \"path\""})
    copy(workspace, "stopped", run={"state": "interrupted", "error": "error: interrupted [cancelled]"})
    browser.open(studio("/runs/broken"))
    assert browser.find("p.bad").text == "data/<b>x: no such folder."
    assert "Check \"path\"." in [one.text for one in browser.all("p.muted")]
    browser.open(studio("/runs/stopped"))
    assert "stopped before it had finished" in browser.find("main").text and not browser.all("p.bad")


def test_they_fit_on_a_phone(workspace, studio, browser):
    copy(workspace, "another-run-with-a-name-that-is-rather-long")
    browser.size(390, 844)
    row = answers(workspace)[0]
    for path in ["/runs", "/runs/demo", "/runs/demo/clips", f"/runs/demo/clip?clip={row['id']}"]:
        browser.open(studio(path))
        if "clip?" in path:
            browser.wait(lambda: len(browser.all("#made .heatmap canvas")) == 5)
        assert browser.overflow() <= 0, path
        assert browser.violations() == [], path
        # Names are not broken into columns of letters.
        assert all(cell.size["height"] < 110 for cell in browser.all("table tbody th")), path


def test_a_thousand_runs_are_quick(workspace, studio):
    source = workspace / "runs/demo"
    for number in range(1000):
        folder = workspace / f"runs/many-{number}"
        folder.mkdir()
        for name in ["run.json", "metrics.json", "workflow.json"]:
            shutil.copy(source / name, folder / name)
    requests.get(studio("/api/v1/runs"), timeout=30)
    answer = requests.get(studio("/api/v1/runs?limit=10&filter=many&sort=name"), timeout=30)
    assert len(answer.json()) == 10 and answer.headers["X-Total-Count"] == "1000"
    assert answer.elapsed.total_seconds() < 1
