"""Runs side by side in the browser."""

import csv
import io
import json
import shutil

import pytest
import requests

from conftest import ROOT, timbre


@pytest.fixture(scope="session")
def other_run(tmp_path_factory):
    """The demo once more, by another classifier."""
    folder = tmp_path_factory.mktemp("other") / "other"
    timbre("run", ROOT / "Workflows/demo.json", "--out", folder, "--set", "artifacts.clips=0",
           "--set", 'classifier={"use": "classifier.logistic_regression"}')
    return folder


@pytest.fixture
def two(workspace, other_run):
    shutil.copytree(other_run, workspace / "runs/other")
    return workspace


def test_two_runs_are_chosen_and_compared(two, studio, browser):
    browser.open(studio("/runs?sort=name"))
    for name in ["demo", "other"]:
        browser.find(f"input[value={name}]").click()
    browser.find("[data-compare]").click()
    browser.wait_for(".comparison table")
    said = json.loads(timbre("compare", two / "runs/demo", two / "runs/other", "--json").stdout)
    text = browser.find(".comparison").text
    for run in said["runs"]:
        assert f"{run['metrics']['uar']:.3f}" in text
    assert len(browser.all(".comparison svg")) == 2
    assert browser.violations() == []
    # Clips that changed sides lead to their pages.
    changed = [link for link in browser.all(".comparison details a") if "clip?" in link.get_attribute("href")]
    assert changed
    browser.open(changed[0].get_attribute("href"))
    browser.wait_for("#made .heatmap canvas")


def test_one_run_alone_waits_for_others(two, studio, browser):
    browser.open(studio("/runs/demo"))
    browser.driver.find_element("link text", "Compare with other runs").click()
    assert browser.wait_for("input[value=demo]").is_selected()
    assert "against demo" in browser.find("main").text and not browser.all("[role=alert]")
    browser.find("input[value=other]").click()
    browser.find("[data-compare]").click()
    browser.wait_for(".comparison table")
    assert browser.driver.current_url.endswith("?run=demo&run=other")


def test_the_one_ticked_first_is_compared_against(two, studio, browser):
    browser.open(studio("/compare"))
    assert "Tick runs" in browser.find("[data-chosen]").text
    names = [box.get_property("value") for box in browser.all("input[name=run]")]
    for name in reversed(names):
        browser.find(f"input[value={name}]").click()
    assert browser.find("[data-chosen]").text == f"2 runs chosen, {names[-1]} first"
    browser.find("[data-compare]").click()
    browser.wait_for(".comparison table")
    assert browser.driver.current_url.endswith("?" + "&".join(f"run={name}" for name in reversed(names)))
    assert [box.get_property("value") for box in browser.all("input[name=run]")] == names[::-1]


def test_programs_get_what_the_command_says(two, studio):
    said = json.loads(timbre("compare", two / "runs/demo", two / "runs/other", "--json").stdout)
    told = requests.get(studio("/api/v1/compare?run=demo&run=other"), timeout=30).json()

    def without_paths(value):
        if isinstance(value, dict):
            return {key: without_paths(one) for key, one in value.items() if key != "path"}
        return [without_paths(one) for one in value] if isinstance(value, list) else value

    assert without_paths(told) == without_paths(said)
    assert str(two) not in json.dumps(told)
    table = requests.get(studio("/api/v1/compare?run=demo&run=other&format=csv"), timeout=30)
    assert table.headers["Content-Type"].startswith("text/csv")
    assert len(list(csv.reader(io.StringIO(table.text)))) == 3
    for query, status in [("", 400), ("?run=nothing", 404), ("?run=demo&format=x", 400), ("?run=../demo", 404)]:
        assert requests.get(studio(f"/api/v1/compare{query}"), timeout=30).status_code == status, query


def test_the_page_lets_choose_and_tells_what_is_wrong(two, studio, browser):
    browser.open(studio("/compare"))
    assert not browser.find("[data-compare]").is_enabled()
    assert browser.violations() == []
    browser.find("input[value=demo]").click()
    browser.find("input[value=other]").click()
    browser.find("[data-compare]").click()
    browser.wait_for(".comparison table")
    browser.expected.append("404")
    browser.open(studio("/compare?run=nothing"))
    assert "no run" in browser.find("[role=alert]").text
    browser.size(390, 844)
    browser.open(studio("/compare?run=demo&run=other"))
    browser.wait_for(".comparison table")
    assert browser.overflow() <= 0
    assert browser.violations() == []
