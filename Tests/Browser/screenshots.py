"""Takes a picture of every page of the studio, light, dark and as wide as a phone: to be looked at.

python screenshots.py ADDRESS FOLDER [AUDIO]   (a server under way; a recording to predict)
"""

import pathlib
import sys
import time

from conftest import Browser, _driver

address, folder = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2])
audio = sys.argv[3] if len(sys.argv) > 3 else None
folder.mkdir(parents=True, exist_ok=True)
browser = Browser(_driver([]))


def first(selector):
    """The address of the first link of a kind on the page, if there is one."""
    found = browser.all(selector)
    # The attribute as it is written: links within pictures have no address as text.
    return address + found[0].get_dom_attribute("href") if found else None


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


def show(name, place):
    browser.open(place)
    time.sleep(0.7)
    if name == "predict" and audio and browser.all("#files"):
        browser.find("#files").send_keys(audio)
        browser.wait_for(".answer audio")
        time.sleep(0.5)


for theme, width in [("light", 1280), ("dark", 1280), ("light", 390)]:
    browser.size(width, 900)
    browser.theme(theme)
    for name, place in pages().items():
        show(name, place)
        browser.screenshot(folder / f"{name}-{theme if width > 500 else 'phone'}.png")
        if browser.overflow() > 0:
            print(f"{name} is wider than the window at {width}")
for error in browser.errors():
    print(error)
browser.driver.quit()
