"""The Plugins pages: search, the reference, and trying a plugin."""

import base64
import json
import re
import struct

import pytest
import requests

from conftest import timbre, voice, write_wav

DONE = "#result[aria-busy=false] :is(.shape, .sound)"


def field(browser, name):
    """The control of a parameter by its label."""
    for label in browser.all("#parameters label"):
        if label.text.split()[0] == name:
            return browser.find(f"[id='{label.get_attribute('for')}']")
    raise AssertionError(f"no field {name}")


def put(browser, name, value):
    control = field(browser, name)
    control.clear()
    control.send_keys(str(value))
    return control


def try_plugin(studio, plugin, files=None, **fields):
    parts = {name: (None, value) for name, value in fields.items()}
    return requests.post(studio(f"/api/v1/plugins/{plugin}/try"), files={**parts, **(files or {})}, timeout=60)


def floats(path):
    """The samples of a WAV file of 32-bit floats."""
    data = path.read_bytes()
    start = data.index(b"data")
    return struct.unpack(f"<{struct.unpack_from('<I', data, start + 4)[0] // 4}f", data[start + 8:])


def test_search_as_one_types(studio, browser):
    browser.open(studio("/plugins"))
    assert len(browser.all(".plugins li")) > 80
    browser.wait(lambda: browser.find("#search").is_displayed())
    browser.find("#search").send_keys("pitch shift")
    browser.wait(lambda: [link.text for link in browser.all(".plugins a") if link.is_displayed()] == ["pitch_shift"])
    assert browser.find("#status").text == "1 plugin"
    assert not browser.find("section[data-kind=feature]").is_displayed()
    assert browser.violations() == []
    browser.find("#search").send_keys("\n")
    browser.wait(lambda: browser.find("h1").text == "augment.pitch_shift")


def test_the_list_and_the_reference_need_no_script(studio):
    page = requests.get(studio("/plugins"), timeout=10).text
    assert 'href="/plugins/feature.mfcc"' in page and 'href="/plugins/classifier.svm"' in page
    page = requests.get(studio("/plugins/feature.mfcc"), timeout=10).text
    for part in ["librosa.feature.mfcc", "hop_length", "an integer 1 to 65536", "timbre extract clip.wav --use feature.mfcc"]:
        assert part in page
    assert requests.get(studio("/plugins/feature.mfc"), timeout=10).status_code == 404


def test_a_feature_follows_its_parameters(studio, browser):
    browser.open(studio("/plugins/feature.mfcc"))
    browser.wait_for(DONE)
    assert browser.find(".shape").text.startswith("13 bins")
    put(browser, "n_mfcc", 5)
    browser.wait(lambda: browser.find(".shape").text.startswith("5 bins"))
    assert "--set n_mfcc=5" in browser.find("#command").text
    assert json.loads(browser.find("#snippet").text) == {"features": {"mfcc": {"use": "feature.mfcc", "n_mfcc": 5}}}
    # A value as the arrow keys tell it is the one that the command line writes.
    browser.find(".plot").send_keys("\ue014")
    told = browser.wait(lambda: re.search(r"^(mfcc_\d).* · ([\d.]+) s · (\S+)", browser.find(".told").text))
    answer = try_plugin(studio, "feature.mfcc", sample="voice", parameters='{"n_mfcc": 5}').json()
    part = answer["feature"]
    frame = round(float(told[2]) / part["hop"])
    assert float(told[3]) == part["values"][part["bin_names"].index(told[1])][frame]
    assert browser.violations() == []


def test_values_are_those_of_the_command_line(studio, clip, tmp_path):
    with open(clip, "rb") as file:
        answer = try_plugin(
            studio, "feature.delta", {"audio": ("voice.wav", file)}, of="feature.mfcc", of_parameters='{"n_mfcc": 7}',
            load='{"sample_rate": 16000, "offset": 0.5}').json()
    timbre("extract", clip, "--use", "feature.delta", "--of", "feature.mfcc", "--of-set", "n_mfcc=7",
           "--sample-rate", 16000, "--offset", 0.5, "--out", tmp_path / "d.csv")
    rows = [line.split(",")[1:] for line in (tmp_path / "d.csv").read_text().splitlines()[1:]]
    assert answer["shape"] == [7, len(rows)]
    assert answer["feature"]["values"] == [[float(row[bin]) for row in rows] for bin in range(7)]


def test_an_augmenter_is_heard_and_equals_the_command_line(studio, browser, clip, tmp_path):
    browser.open(studio("/plugins/augment.pitch_shift"))
    browser.wait_for(DONE)
    browser.find("#file").send_keys(str(clip))
    put(browser, "n_steps", 3)
    browser.wait(lambda: "--set n_steps=3" in browser.find("#command").text)
    players = browser.wait(lambda: (found := browser.all("audio")) and len(found) == 2
                           and found[1].get_property("duration") == pytest.approx(3, abs=0.01) and found)
    browser.driver.execute_script("arguments[0].muted = true; return arguments[0].play()", players[1])
    browser.wait(lambda: browser.all("audio")[1].get_property("currentTime") > 0)
    assert "voice.wav" in browser.find("#command").text
    # What comes of the next change is played by itself.
    browser.find("#at-once").send_keys(" ")
    browser.driver.execute_script("HTMLMediaElement.prototype.play = function () { this.muted = true; this.dataset.played = ''; return Promise.resolve(); }")
    put(browser, "n_steps", 4)
    browser.wait(lambda: [audio.get_attribute("aria-label") for audio in browser.all("audio[data-played]")] == ["After"])
    with open(clip, "rb") as file:
        answer = try_plugin(
            studio, "augment.pitch_shift", {"audio": ("voice.wav", file)}, parameters='{"n_steps": {"uniform": [-4, 4]}}',
            seed="5").json()
    said = timbre("augment", clip, "--use", "augment.pitch_shift", "--set", 'n_steps={"uniform": [-4, 4]}', "--seed", 5,
                  "--out", tmp_path / "shifted.wav")
    assert f"n_steps = {answer['drawn']['n_steps']}" in said.stderr
    (tmp_path / "after.flac").write_bytes(base64.b64decode(answer["after"]["audio"]))
    timbre("augment", tmp_path / "after.flac", "--use", "augment.polarity_inversion", "--out", tmp_path / "after.wav")
    ours, theirs = floats(tmp_path / "after.wav"), floats(tmp_path / "shifted.wav")
    assert len(ours) == len(theirs) == 3 * 22050
    assert max(abs(a + b) for a, b in zip(ours, theirs)) <= 0.5001 / 32768


def test_an_augmenter_of_features_shows_the_changed_feature(studio, browser):
    browser.open(studio("/plugins/augment.spec_augment"))
    browser.wait_for(DONE)
    browser.wait(lambda: [shape.text.split()[0] for shape in browser.all(".shape")] == ["128", "128"])
    assert "freq_mask_1_width" in browser.find("#drawn").text
    before = browser.find("#drawn").text
    browser.find("#again").send_keys("\n")
    browser.wait(lambda: browser.find("#drawn").text != before)
    assert browser.violations() == []


def test_a_recording_is_tried(studio, browser_with, tmp_path):
    sound = write_wav(tmp_path / "microphone.wav", voice(4, 200))
    browser = browser_with(
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={sound}")
    browser.open(studio("/plugins/feature.rms"))
    browser.wait_for(DONE)
    browser.find("#record").click()
    browser.wait(lambda: "Recording: 1 s" in browser.find("#status").text)
    browser.find("#record").click()
    assert browser.wait(lambda: browser.find("#record").text == "Record")
    assert "recording.wav" in browser.find("#command").text
    browser.wait(lambda: "Done in" in browser.find("#status").text)
    said = float(re.match(r"[\d.]+", browser.find(".sound .detail").text)[0])
    assert 1 <= said < 20
    browser.wait(lambda: browser.find("#result audio").get_property("duration") == pytest.approx(said, abs=0.01))


def test_a_bad_parameter_is_told_at_its_field(studio, browser):
    browser.expected.append("422")
    browser.open(studio("/plugins/feature.mfcc"))
    browser.wait_for(DONE)
    control = put(browser, "n_mfcc", 200)
    error = browser.wait(lambda: next(one for one in browser.all(".field .error") if one.is_displayed()))
    assert "more than n_mels (128)" in error.text and "lower n_mfcc" in error.text
    assert control.get_attribute("aria-invalid") == "true"
    assert error.get_attribute("id") in control.get_attribute("aria-describedby")
    assert browser.find("#status").text == "One field is wrong."
    assert browser.violations() == []
    put(browser, "n_mfcc", 20)
    browser.wait(lambda: browser.find(".shape").text.startswith("20 bins"))
    assert not [one for one in browser.all(".field .error") if one.is_displayed()]


def test_what_is_no_audio_gets_a_readable_message(studio, browser, tmp_path):
    browser.expected.append("422")
    bad = tmp_path / "notes.wav"
    bad.write_text("this is not audio")
    browser.open(studio("/plugins/feature.rms"))
    browser.wait_for(DONE)
    browser.find("#file").send_keys(str(bad))
    browser.wait(lambda: "text file, not audio" in browser.find("#status").text)
    assert str(tmp_path) not in browser.find("body").text


@pytest.mark.parametrize("path", ["/plugins", "/plugins/feature.mfcc", "/plugins/augment.noise", "/plugins/classifier.mlp"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_phone_width_and_themes(studio, browser, path, theme):
    browser.size(390, 800)
    browser.theme(theme)
    browser.open(studio(path))
    if path.count(".") and "classifier" not in path:
        browser.wait_for(DONE)
    assert browser.overflow() <= 0
    assert browser.violations() == []


@pytest.mark.parametrize("plugin, fields, status, words", [
    ("classifier.svm", {"sample": "voice"}, 422, "cannot be tried"),
    ("dataset.csv", {"sample": "voice"}, 422, "cannot be tried"),
    ("augment.background_noise", {"sample": "voice"}, 422, "files of its own"),
    ("feature.mfcc", {"sample": "vice"}, 422, "no sample"),
    ("feature.mfcc", {"seed": "1"}, 400, "no sound"),
    ("feature.mfcc", {"sample": "voice", "parameters": "[1]"}, 422, "no JSON object"),
    ("feature.mfcc", {"sample": "voice", "parameters": "{"}, 422, ""),
    ("feature.mfcc", {"sample": "voice", "load": '{"sample_rate": 3}'}, 422, "out of range"),
    ("feature.delta", {"sample": "voice", "of": "feature.delta"}, 422, "reads another feature"),
    ("augment.gain", {"sample": "voice", "seed": "-1"}, 422, "seed"),
    ("augment.time_stretch", {"sample": "noise", "parameters": '{"rate": 0.01}'}, 422, "the sound would have 300 s"),
    ("feature.nothing", {"sample": "voice"}, 404, "no plugin"),
])
def test_what_cannot_be_tried_is_said(studio, plugin, fields, status, words):
    answer = try_plugin(studio, plugin, **fields)
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]


def test_findings_name_their_parameters(studio):
    answer = try_plugin(
        studio, "feature.mfcc", sample="voice", parameters='{"n_mfcc": 0, "window": 7, "n_mfc": 3, "hop_length": true}')
    findings = answer.json()["error"]["findings"]
    assert [(one["field"], one["parameter"]) for one in findings] >= [("parameters", "n_mfcc")]
    assert {one["parameter"] for one in findings} >= {"n_mfcc", "hop_length"}


def test_every_plugin_that_has_a_panel_can_be_tried(studio):
    for plugin in requests.get(studio("/api/v1/plugins"), timeout=10).json():
        page = requests.get(studio(f"/plugins/{plugin['id']}"), timeout=10).text
        example = {name: value for name, value in plugin["example"].items() if name != "of"}
        answer = try_plugin(studio, plugin["id"], sample="voice", parameters=json.dumps(example))
        assert answer.status_code == (200 if 'id="try"' in page else 422), (plugin["id"], answer.text[:500])
