"""What the tests of the studio share: a server on a workspace of its own, sounds, and a browser that watches its console.

Run by `make test-browser`. TIMBRE_BUILD names the folder of the built programs.
"""

import base64
import math
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import wave

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TIMBRE_BUILD", ROOT / ".build/release"))
TIMBRE = BUILD / "timbre"
# Nothing a test computes comes from a user's own cache.
ENVIRONMENT = {**os.environ, "TIMBRE_CACHE": "off"}


def timbre(*arguments, check=True, **options):
    """The outcome of the command line program."""
    return subprocess.run(
        [str(TIMBRE), *map(str, arguments)], check=check, capture_output=True, text=True, env=ENVIRONMENT, **options)


class Studio:
    """A server under way."""

    def __init__(self, workspace, *arguments, environment=None, **options):
        self.workspace = pathlib.Path(workspace)
        self.process = subprocess.Popen(
            [str(TIMBRE), "serve", "--port", "0", "--workspace", str(workspace), *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**ENVIRONMENT, **(environment or {})}, **options)
        # The first line is the address to open.
        self.opened = self.process.stdout.readline().strip()
        if not self.opened:
            raise RuntimeError(self.process.stderr.read())
        self.address = self.opened.split("?")[0].rstrip("/")

    def __call__(self, path):
        return self.address + path

    def stop(self, number=signal.SIGTERM, seconds=30):
        """Asks it to stop; returns its exit status and what it said."""
        self.process.send_signal(number)
        try:
            _, said = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode, said


def write_wav(path, samples, rate=22050):
    """16-bit mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{len(samples)}h", *(round(32767 * max(-1, min(1, x))) for x in samples)))
    return path


def voice(seconds=3.0, pitch=140, rate=22050):
    """A buzz that swells and falls, as far from silence and from a tone as a formula easily gets."""
    return [
        0.3 * math.sin(math.pi * n / (seconds * rate))
        * sum(math.sin(2 * math.pi * pitch * k * n / rate * (1 + 0.02 * math.sin(9 * n / rate))) / k for k in range(1, 9))
        for n in range(int(seconds * rate))
    ]


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """A finished run of the demo, with a small network so that it is quick."""
    folder = tmp_path_factory.mktemp("runs") / "demo"
    timbre("run", ROOT / "Workflows/demo.json", "--out", folder, "--set", "artifacts.clips=2")
    return folder


@pytest.fixture
def workspace(tmp_path, finished_run):
    """A workspace of a test's own, with the shipped workflows and a finished run."""
    folder = tmp_path / "workspace"
    shutil.copytree(ROOT / "Workflows", folder / "Workflows")
    shutil.copytree(finished_run, folder / "runs" / "demo")
    return folder


@pytest.fixture
def start(workspace):
    """Starts servers on the workspace; they stop with the test."""
    servers = []

    def begin(*arguments, **options):
        servers.append(Studio(workspace, *arguments, **options))
        return servers[-1]

    yield begin
    for server in servers:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture
def studio(start):
    return start()


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    """Three seconds of a buzzing voice as a WAV file."""
    return write_wav(tmp_path_factory.mktemp("audio") / "voice.wav", voice())


def _driver(arguments):
    options = Options()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900", *arguments]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(30)
    return driver


class Browser:
    """A browser with the few words that tests need; `driver` is Selenium's."""

    def __init__(self, driver):
        self.driver = driver
        # Console errors that a test expects, such as a refused request: parts of their text.
        self.expected = []

    def open(self, address):
        self.driver.get(address)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, condition, seconds=20):
        """Until `condition()` is true; its value."""
        return WebDriverWait(self.driver, seconds, poll_frequency=0.05, ignored_exceptions=(Exception,)).until(
            lambda _: condition())

    def wait_for(self, selector, seconds=20):
        return self.wait(lambda: self.find(selector), seconds)

    def size(self, width, height):
        """The size of the page itself, down to phones, which a window cannot have."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})

    def theme(self, name):
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name}]})

    def overflow(self):
        """By how many pixels the page is wider than the window."""
        return self.driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def screenshot(self, path):
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        width = self.driver.execute_script("return document.documentElement.clientWidth")
        picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": width, "height": min(height, 4000), "scale": 1}})
        pathlib.Path(path).write_bytes(base64.b64decode(picture["data"]))

    def errors(self):
        return [
            entry["message"] for entry in self.driver.get_log("browser")
            if entry["level"] in ("SEVERE", "WARNING") and not any(part in entry["message"] for part in self.expected)]

    def violations(self):
        """What axe finds against labels, contrast, roles and structure (WCAG 2 A and AA)."""
        from axe_core_python.selenium import Axe
        found = Axe().run(
            self.driver, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}})
        return [f"{v['id']}: {v['help']}: {[n['target'] for n in v['nodes']][:3]}" for v in found["violations"]]


@pytest.fixture(scope="session")
def driver():
    made = _driver([])
    yield made
    made.quit()


@pytest.fixture
def browser(driver):
    """A browser that fails the test where the page's console shows an error."""
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    driver.get("about:blank")
    driver.get_log("browser")
    made = Browser(driver)
    yield made
    assert made.errors() == []


@pytest.fixture
def browser_with():
    """Browsers with further arguments, such as a microphone that plays a file."""
    made = []

    def begin(*arguments):
        made.append(Browser(_driver(arguments)))
        return made[-1]

    yield begin
    for one in made:
        errors = one.errors()
        one.driver.quit()
        assert errors == []
