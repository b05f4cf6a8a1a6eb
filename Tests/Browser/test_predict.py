"""The Predict page: files, many files, what is no audio, and the microphone."""

import json
import re

import pytest
from selenium.webdriver.common.keys import Keys

from conftest import ROOT, timbre, voice, write_wav


def upload(browser, *paths):
    browser.find("#files").send_keys("\n".join(map(str, paths)))


def test_a_file_is_answered_as_on_the_command_line(studio, browser, clip):
    browser.open(studio("/"))
    upload(browser, clip)
    label = browser.wait_for(".answer .label").text
    said = json.loads(timbre("predict", clip, "--model", studio.workspace / "runs/demo", "--json").stdout)[0]
    assert label == said["label"]
    chart = browser.find(".answer svg").get_attribute("aria-label")
    for name, value in said["probabilities"].items():
        assert f"{name} {value:.2f}" in chart
    steps = browser.find(".answer ul").text
    assert "22\u202f050 Hz" in steps and "3.00 s" in steps
    audio = browser.wait_for(".answer audio")
    browser.wait(lambda: audio.get_property("duration") == pytest.approx(3, abs=0.01))
    # The playhead lies over the waveform and the mel spectrogram and moves with the player.
    browser.driver.execute_script("arguments[0].currentTime = 1.5", audio)
    left = browser.wait(lambda: [float(line.value_of_css_property("left")[:-2]) for line in browser.all(".playhead")])
    assert len(left) == 2
    picture = browser.find("[data-playhead] svg")
    middle = (float(picture.get_attribute("data-left")) + float(picture.get_attribute("data-right"))) / 2
    width = float(picture.get_dom_attribute("viewBox").split()[2])
    browser.wait(lambda: abs(
        float(browser.find(".playhead").value_of_css_property("left")[:-2]) - picture.size["width"] * middle / width) < 3)


def test_several_files_make_a_table_and_a_csv(studio, browser, clip, tmp_path):
    other = write_wav(tmp_path / "=other.wav", voice(1.5, pitch=220))
    text = tmp_path / "notes.wav"
    text.write_text("this is not audio")
    browser.open(studio("/"))
    browser.driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path / "down")})
    upload(browser, clip, other, text)
    browser.wait(lambda: "1 of 3 files could not" in browser.find("#status").text)
    rows = browser.all("#results tbody tr")
    assert [row.find_element("css selector", "th").text for row in rows] == ["voice.wav", "=other.wav", "notes.wav"]
    assert "text file, not audio" in rows[2].text
    browser.find("#results button").click()
    saved = tmp_path / "down" / "predictions.csv"
    browser.wait(lambda: saved.exists())
    lines = saved.read_text().splitlines()
    assert len(lines) == 4
    said = json.loads(timbre("predict", clip, "--model", studio.workspace / "runs/demo", "--json").stdout)[0]
    assert [float(x) for x in lines[1].split(",")[2:-1]] == list(said["probabilities"].values())
    # A spreadsheet must not take a file's name for a formula.
    assert lines[2].startswith("'=other.wav,")


def test_one_of_several_is_opened_and_one_alone_is_saved(studio, browser, clip, tmp_path):
    other = write_wav(tmp_path / "other.wav", voice(1.5, pitch=220))
    browser.open(studio("/"))
    browser.driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path / "down")})
    upload(browser, clip, other)
    browser.wait(lambda: browser.find("#status").text == "2 files answered.")
    best = [cell.text for cell in browser.all("#results td.best")]
    assert len(best) == 2 and browser.violations() == []
    browser.all("#results tbody button")[1].send_keys(Keys.ENTER)
    browser.wait(lambda: browser.find("#one h2").text == "other.wav")
    browser.wait(lambda: browser.find("#one audio").get_property("duration") == pytest.approx(1.5, abs=0.01))
    browser.find("#one [data-save]").click()
    saved = tmp_path / "down" / "predictions.csv"
    browser.wait(lambda: saved.exists())
    said = json.loads(timbre("predict", other, "--model", studio.workspace / "runs/demo", "--json").stdout)[0]
    assert [float(x) for x in saved.read_text().splitlines()[1].split(",")[2:-1]] == list(said["probabilities"].values())


@pytest.fixture(scope="session")
def cropping(tmp_path_factory):
    """A run whose bundle takes a part of each recording only."""
    folder = tmp_path_factory.mktemp("cropping") / "cropping"
    timbre("run", ROOT / "Workflows/demo.json", "--out", folder, "--set", "artifacts.clips=0", "--set", "load.offset=0.5",
           "--set", "load.duration=1", "--set", "dataset.clips_per_emotion=2",
           "--set", 'classifier={"use": "classifier.logistic_regression"}')
    return folder


def test_it_says_what_was_done_to_the_audio(workspace, start, browser, cropping, tmp_path):
    studio = start("--model", cropping)
    browser.open(studio("/"))
    upload(browser, write_wav(tmp_path / "high.wav", voice(2.5, 140, 48000), 48000))
    steps = browser.wait_for(".answer ul").text.replace("\u202f", " ")
    assert "WAV, 48 000 Hz, 2.50 s" in steps
    assert "cropped to 0.50 s – 1.50 s" in steps and "resampled from 48 000 to 22 050 Hz" in steps
    # The parts of the vector are there to be seen, each with its name.
    parts = browser.find(".answer details svg")
    assert parts.is_displayed()
    for name in ["zcr.mean", "chroma.mean", "mfcc.std", "mel.mean"]:
        assert name in parts.text
    # Waveform and spectrogram have one axis of time.
    ends = {(one.get_attribute("data-left"), one.get_attribute("data-right")) for one in browser.all("[data-playhead] svg")}
    assert len(browser.all("[data-playhead] svg")) == 2 and len(ends) == 1


def test_a_file_is_dropped_anywhere(studio, browser):
    browser.open(studio("/"))
    browser.driver.execute_script("""
      const data = new DataTransfer();
      data.items.add(new File(["no sound"], "dropped.wav"));
      const event = (name) => new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true });
      document.querySelector("footer").dispatchEvent(event("dragover"));
      window.marked = document.getElementById("drop").classList.contains("over");
      document.querySelector("footer").dispatchEvent(event("drop"));""")
    assert browser.driver.execute_script("return window.marked")
    assert browser.wait_for(".answer h2").text == "dropped.wav"


def test_what_is_no_audio_gets_a_readable_message(studio, browser, tmp_path):
    bad = tmp_path / "<b>cut.wav"
    bad.write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt ")
    browser.open(studio("/"))
    upload(browser, bad)
    message = browser.wait_for(".answer .bad").text
    assert "WAV header is cut off" in message
    assert browser.find(".answer h2").text == "<b>cut.wav"
    assert str(tmp_path) not in message


def test_the_microphone_moves_the_bars(studio, browser_with, tmp_path):
    sound = write_wav(tmp_path / "microphone.wav", voice(3, 90) + voice(3, 300) + [0.0] * 44100 + voice(0.5, 160) * 4)
    browser = browser_with(
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={sound}")
    browser.open(studio("/"))
    browser.find("#record").click()
    browser.wait(lambda: len(browser.all("#bars > div")) == 8, 30)
    browser.wait(lambda: re.fullmatch(r"\d+ ms \(median \d+ ms\)", browser.find("#latency").text))
    first = [row.text for row in browser.all("#bars .value")]
    browser.wait(lambda: [row.text for row in browser.all("#bars .value")] != first)
    assert sum(float(row.text) for row in browser.all("#bars .value")) == pytest.approx(1, abs=0.05)
    # From the last sample of the window to its bars: never less than the server's own work, and no second.
    assert 1 < int(browser.find("#latency").text.split()[0]) < 1000
    assert "last sample" in browser.find("#live").text and browser.violations() == []
    browser.find("#record").click()
    browser.wait(lambda: browser.find("#status").text == "Stopped listening.")


def test_without_a_model_the_page_says_what_to_do(workspace, browser):
    import shutil
    from conftest import Studio
    shutil.rmtree(workspace / "runs")
    server = Studio(workspace)
    try:
        browser.open(server("/"))
        assert "There is no model yet" in browser.find("main").text
    finally:
        server.stop()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_can_be_read_by_all(studio, browser, clip, theme):
    browser.theme(theme)
    browser.open(studio("/"))
    upload(browser, clip)
    browser.wait_for(".answer audio")
    assert browser.violations() == []


def test_it_fits_a_phone(studio, browser, clip):
    browser.size(390, 844)
    browser.open(studio("/"))
    upload(browser, clip)
    browser.wait_for(".answer audio")
    assert browser.overflow() <= 0
