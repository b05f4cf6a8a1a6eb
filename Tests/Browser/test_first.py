"""What someone sees first: an empty workspace, from which each page leads on, and the page that asks for a token."""

import requests

import pytest
from selenium.webdriver.common.keys import Keys

from conftest import Studio


@pytest.fixture
def begin(tmp_path):
    """Starts servers on an empty workspace."""
    servers = []

    def start(*arguments):
        (tmp_path / "empty").mkdir(exist_ok=True)
        servers.append(Studio(tmp_path / "empty", *arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def test_an_empty_workspace_leads_to_an_answer(begin, browser, clip):
    server = begin()
    browser.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
    for path in ["/runs", "/compare", "/"]:
        browser.open(server(path))
        assert browser.find("main a.button.primary").get_dom_attribute("href") == "/workflows", path
        assert browser.violations() == [], path
    browser.find("main a.button").click()
    # The form stands open, filled in: Enter is enough.
    name = browser.wait_for("#create-name")
    assert name.is_displayed() and browser.violations() == []
    name.send_keys(Keys.ENTER)
    browser.wait_for("#editor[data-ready]")
    browser.wait(lambda: browser.find("#status").text == "No findings.")
    browser.find("#start").click()
    browser.wait(lambda: browser.find("#live .tag").text == "finished", 60)
    browser.driver.find_element("link text", "Open the report").click()
    browser.wait(lambda: len(browser.all(".metric")) == 4)
    browser.driver.find_element("link text", "Use in Predict").click()
    browser.wait_for("#files").send_keys(str(clip))
    assert browser.wait_for(".answer .label").text in {
        "neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"}


def test_the_page_of_a_token_takes_it(begin, browser):
    server = begin("--token", "correct-horse")
    browser.expected.append("401")
    browser.open(server("/runs"))
    assert "token" in browser.find("main").text and browser.violations() == []
    browser.find("#token").send_keys("wrong", Keys.ENTER)
    browser.wait(lambda: browser.find("#token").get_property("value") == "")
    browser.find("#token").send_keys("correct-horse", Keys.ENTER)
    browser.wait(lambda: browser.find("h1").text == "Predict")
    assert "correct-horse" not in browser.driver.current_url
    browser.open(server("/runs"))
    assert browser.find("h1").text == "Runs"
    browser.driver.delete_all_cookies()


def test_an_address_that_is_wrong_says_so(begin, browser):
    browser.expected.append("404")
    server = begin()
    for path in ["/nothing", "/runs/nothing", "/workflows/nothing", "/plugins/feature.nothing"]:
        browser.open(server(path))
        assert "404" in browser.find("h1").text and browser.find(".lead").text.startswith("There is no") and browser.all("nav.sections a"), path
        assert requests.get(server(path), timeout=5).status_code == 404
