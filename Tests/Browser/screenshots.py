"""Takes a picture of every page of the studio and of its states, light, dark and as wide as a phone: to be looked at.

python screenshots.py ADDRESS FOLDER [AUDIO [NAME…]]   (a server under way; a recording to predict; only pictures of these names)

The server's workspace needs the shipped workflows. The runs that it starts there are removed again. Two servers of its own show what a
newcomer and a stranger see.
"""

import pathlib
import sys
import tempfile
import time

import requests

from conftest import Browser, Studio, _driver, voice, write_wav

address, folder = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2])
audio = sys.argv[3] if len(sys.argv) > 3 else None
only = sys.argv[4:]
folder.mkdir(parents=True, exist_ok=True)
scratch = pathlib.Path(tempfile.mkdtemp())
browser = Browser(_driver(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]))
api = address + "/api/v1"


def first(selector):
    """The address of the first link of a kind on the page, if there is one."""
    found = browser.all(selector)
    # The attribute as it is written: links within pictures have no address as text.
    return address + found[0].get_dom_attribute("href") if found else None


def click(selector):
    browser.driver.execute_script("arguments[0].click()", browser.wait_for(selector))


def pages():
    """Names and addresses of all pages, found by following links."""
    found = {"predict": address + "/", "workflows": address + "/workflows", "runs": address + "/runs",
             "compare": address + "/compare", "plugins": address + "/plugins"}
    for name, start, selector in [
            ("workflow", "workflows", "main a[href^='/workflows/']"), ("run", "runs", "main table a[href^='/runs/']"),
            ("clips", "run", "main a[href*='clip']"), ("clip", "clips", "main table a[href*='clip']"), ("mfcc", "plugins", "main a[href$='/feature.mfcc']"),
            ("pitch-shift", "plugins", "main a[href$='/augment.pitch_shift']")]:
        if start in found:
            browser.open(found[start])
            time.sleep(0.5)
            if link := first(selector):
                found[name] = link
    return found


# States of the pages


def predicted():
    browser.open(address + "/")
    browser.find("#files").send_keys(audio or str(sound))
    browser.wait_for(".answer audio")


def several():
    browser.open(address + "/")
    browser.find("#files").send_keys("\n".join(map(str, [audio or sound, sound, text])))
    browser.wait(lambda: "could not" in browser.find("#status").text)
    click("#results tbody button")
    browser.wait_for(".answer audio")


def refused():
    browser.open(address + "/")
    browser.find("#files").send_keys(str(text))
    browser.wait_for(".answer .bad")


def listening():
    browser.open(address + "/")
    click("#record")
    browser.wait(lambda: "median" in browser.find("#latency").text, 30)


def edited():
    browser.open(address + "/workflows/demo")
    browser.wait_for("#editor[data-ready]")
    area = browser.find("#text")
    browser.driver.execute_script(
        "const at = arguments[0].value.indexOf('\"n_mfcc\"'); arguments[0].focus(); arguments[0].setSelectionRange(at + 4, at + 4)", area)
    area.send_keys("x")
    browser.wait_for("#findings li")
    browser.driver.execute_script(
        "const at = arguments[0].value.indexOf(' }', arguments[0].value.indexOf('feature.rms')); arguments[0].setSelectionRange(at, at)", area)
    area.send_keys(', "')
    browser.wait_for(".completions li")


def node():
    browser.open(address + "/workflows/demo")
    browser.wait_for("#editor[data-ready]")
    link = browser.wait_for('#graph a[data-path="classifier"]')
    browser.driver.execute_script(
        "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))", link)


def began(name):
    def act():
        order = {"workflow": "demo", "name": "under-way", "set": ["classifier.epochs=3000"]}
        if requests.get(f"{api}/runs/under-way", timeout=10).status_code == 404:
            requests.post(f"{api}/runs", json=order, timeout=10)
        browser.open(address + name)
        if browser.all("#live"):
            browser.wait(lambda: len(browser.all("#live svg")) == 2, 60)
            time.sleep(2)
    return act


def ended(name, change):
    """The page of a run that came to no good end."""
    def act():
        requests.post(f"{api}/runs", json={"workflow": "demo", "name": name, "set": change}, timeout=10)
        if name == "interrupted":
            time.sleep(1.5)
            requests.post(f"{api}/runs/{name}/stop", timeout=10)
        requests.get(f"{api}/runs/{name}/events", timeout=60)
        browser.open(f"{address}/runs/{name}")
    return act


def compared():
    names = [run["name"] for run in requests.get(f"{api}/runs?state=finished", timeout=10).json()]
    browser.open(address + "/compare?" + "&".join(f"run={name}" for name in names[:3]))


def removing():
    browser.open(address + "/runs")
    click("input[name=run]")
    click("[data-remove]")


def told():
    browser.open(address + "/plugins/feature.mfcc")
    browser.wait_for("#result[aria-busy=false] .shape")
    label = next(one for one in browser.all("#parameters label") if one.text.split()[0] == "n_mfcc")
    entry = browser.find(f"[id='{label.get_attribute('for')}']")
    entry.clear()
    entry.send_keys("200")
    browser.wait(lambda: any(one.is_displayed() for one in browser.all(".field .error")))


def at(server, path):
    return lambda: browser.open(server.address + path)


sound = write_wav(scratch / "a rather long name of a recording, as people give them to files.wav", voice())
text = scratch / "notes.wav"
text.write_text("this is not audio")
(scratch / "empty").mkdir()
newcomer, stranger = Studio(scratch / "empty"), Studio(scratch / "empty", "--token", "correct-horse")
states = {
    "predicted": predicted, "several": several, "refused": refused, "live": listening, "edited": edited, "node": node,
    "under-way-runs": began("/runs"), "under-way-run": began("/runs/under-way"), "under-way-workflow": began("/workflows/demo"),
    "compared": compared, "removing": removing, "told": told, "missing": lambda: browser.open(address + "/nothing"),
    "token": at(stranger, "/"), "first-predict": at(newcomer, "/"), "first-workflows": at(newcomer, "/workflows"),
    "first-runs": at(newcomer, "/runs"), "first-compare": at(newcomer, "/compare"),
}
failing = {
    "failed": ended("failed", ['dataset={"use": "dataset.folders", "path": "nothing"}']),
    "interrupted": ended("interrupted", ["classifier.epochs=100000"]),
}


def take(name, act, theme, width):
    if only and name not in only:
        return
    act()
    time.sleep(0.7)
    browser.screenshot(folder / f"{name}-{theme if width > 500 else 'phone'}.png")
    if browser.overflow() > 0:
        print(f"{name} is wider than the window at {width}")


def leave(name):
    """Stops and removes a run of this script's own."""
    requests.post(f"{api}/runs/{name}/stop", timeout=10)
    requests.get(f"{api}/runs/{name}/events", timeout=60)
    requests.delete(f"{api}/runs/{name}", timeout=10)


for theme, width in [("light", 1280), ("dark", 1280), ("light", 390)]:
    browser.size(width, 900)
    browser.theme(theme)
    for name, place in pages().items():
        take(name, lambda: browser.open(place), theme, width)
    for name, act in states.items():
        take(name, act, theme, width)
    leave("under-way")
    for name, act in failing.items():
        take(name, act, theme, width)
        leave(name)
for error in browser.errors():
    print(error)
browser.driver.quit()
for server in [newcomer, stranger]:
    server.stop()
