"""The Workflows pages: the list, lint as one types, completion, forms of nodes, and runs watched, stopped and opened."""

import json
import signal
import socket
import time

import pytest
import requests
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select


@pytest.fixture
def demo(studio, browser):
    # Nothing glides out from under a click.
    browser.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
    browser.open(studio("/workflows/demo"))
    browser.wait_for("#editor[data-ready]")
    browser.wait(lambda: browser.find("#status").text == "No findings.")
    return browser


def text(browser):
    return browser.find("#text").get_property("value")


def caret(browser, before, length=0):
    """Puts the caret behind the first place of a text in the editor, and selects some characters from there."""
    browser.driver.execute_script(
        "const a = document.getElementById('text'); a.focus();"
        "const at = a.value.indexOf(arguments[0]) + arguments[0].length; a.setSelectionRange(at, at + arguments[1])",
        before, length)


def type_in(browser, *keys):
    browser.find("#text").send_keys(*keys)


def node(browser, path):
    """By script, since a node may lie outside of what is seen of the graph."""
    link = browser.wait_for(f'#graph a[data-path="{path}"]')
    browser.driver.execute_script(
        "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))", link)
    return browser.wait(lambda: browser.find("#node-title").text == path and browser.find("#node-body"))


def field(browser, name):
    label = browser.wait(lambda: next(
        one for one in browser.all("#node-body label") if one.text.split()[0] == name))
    return label.find_element("xpath", "./ancestor::*[contains(@class, 'field')][1]//input")


def fill(browser, name, value):
    entry = field(browser, name)
    entry.clear()
    entry.send_keys(value)


def test_the_list_says_what_there_is(studio, browser):
    browser.open(studio("/workflows"))
    row = next(row for row in browser.all("table tbody tr") if "Emotions of a synthetic voice" in row.text)
    assert all(word in row.text for word in ["synthetic", "mfcc", "conv1d", "none", "original, noisy, shifted"])
    assert browser.violations() == []


def test_a_new_workflow_is_made_and_removed(studio, browser):
    browser.open(studio("/workflows"))
    browser.find("#new").click()
    browser.find("#create-name").send_keys("mine")
    browser.find("#create button.primary").click()
    browser.wait(lambda: browser.find("#editor[data-ready]") and browser.find("#status").text == "No findings.")
    assert json.loads((studio.workspace / "Workflows/mine.json").read_text())["timbre"] == 1
    browser.find("#remove").click()
    browser.driver.switch_to.alert.accept()
    browser.wait_for("table.workflows")
    assert not (studio.workspace / "Workflows/mine.json").exists()


def test_lint_is_shown_at_its_line(demo):
    caret(demo, '"n_m')
    type_in(demo, "x")
    item = demo.wait_for("#findings li")
    line = text(demo)[:text(demo).index("n_mxfcc")].count("\n") + 1
    assert f"Line {line}:" in item.text and "n_mfcc" in item.text
    assert demo.find("#status").text == "1 error"
    marks = demo.all(".gutter .mark")
    assert [mark.text for mark in marks] == [str(line)]
    # Under the very characters, and at the node of the graph.
    assert demo.find(".marks .wavy").get_property("textContent") == '"n_mxfcc"'
    assert "marked" in demo.find('#graph a[data-path="features.mfcc"]').get_attribute("class")
    assert demo.violations() == []
    # The finding leads to its place.
    item.find_element("css selector", "button").click()
    start, end = demo.driver.execute_script(
        "const a = document.activeElement; return [a.selectionStart, a.selectionEnd]")
    assert text(demo)[start:end] == '"n_mxfcc"'
    type_in(demo, '"n_mfcc"')
    demo.wait(lambda: demo.find("#status").text == "No findings.")
    assert demo.all(".gutter .mark") == []


def test_what_is_typed_is_completed(demo):
    # A parameter of the plugin whose node it is.
    caret(demo, '"use": "feature.mfcc"')
    type_in(demo, ', "lif')
    option = demo.wait_for('.completions [aria-selected="true"]')
    assert option.text.startswith("lifter")
    type_in(demo, Keys.ENTER, "3")
    assert '"use": "feature.mfcc", "lifter": 3, "n_mfcc": 20' in text(demo)
    # The id of a plugin, among those of the right kind.
    caret(demo, '"rms": { "use": "', len("feature.rms"))
    type_in(demo, "flat")
    demo.wait(lambda: [one.text for one in demo.all(".completions .word")] == ["feature.spectral_flatness"])
    type_in(demo, Keys.TAB)
    assert '"rms": { "use": "feature.spectral_flatness" }' in text(demo)
    # What a vector may hold, and one of the choices of a parameter, asked for by the keyboard.
    caret(demo, '"vector": ["', len("zcr.mean"))
    type_in(demo, "chroma.s")
    demo.wait(lambda: "chroma.std" in [one.text for one in demo.all(".completions .word")])
    type_in(demo, Keys.ESCAPE)
    assert not demo.find(".completions").is_displayed()
    caret(demo, '"scale": "', len("standard"))
    type_in(demo, Keys.DELETE)
    demo.driver.execute_script("arguments[0].setSelectionRange(arguments[0].selectionStart, arguments[0].selectionStart)", demo.find("#text"))
    type_in(demo, Keys.CONTROL, " ")
    demo.wait(lambda: "robust" in [one.text for one in demo.all(".completions .word")])


def test_a_form_edits_the_text_and_leaves_the_rest(demo):
    before = text(demo)
    node(demo, "features.mfcc")
    assert field(demo, "n_mfcc").get_property("value") == "20"
    fill(demo, "n_mfcc", "13")
    demo.wait(lambda: text(demo) == before.replace('"n_mfcc": 20', '"n_mfcc": 13'))
    fill(demo, "lifter", "22")
    demo.wait(lambda: text(demo) == before.replace('"n_mfcc": 20', '"n_mfcc": 13, "lifter": 22'))
    # A step of a view, and a part that is no plugin.
    node(demo, "views.noisy")
    fill(demo, "amount", "0.5")
    demo.wait(lambda: '"noisy": [{ "use": "augment.noise", "amount": 0.5 }]' in text(demo))
    node(demo, "split")
    fill(demo, "test", "0.2")
    demo.wait(lambda: '"split": { "by": "speaker", "test": 0.2, "validation": 0.1 }' in text(demo))
    # Another plugin in a node's place; its form follows.
    node(demo, "features.rms")
    select = Select(demo.find("#node-body .plugin select"))
    assert select.first_selected_option.text == "feature.rms"
    select.select_by_visible_text("feature.spectral_centroid")
    demo.wait(lambda: '"rms": { "use": "feature.spectral_centroid" }' in text(demo))
    demo.wait(lambda: "Mean frequency" in demo.find("#node-body").text)
    # Who comes back finds what was set.
    node(demo, "features.mfcc")
    Select(demo.find("#node-body .plugin select")).select_by_visible_text("feature.rms")
    demo.wait(lambda: '"mfcc": { "use": "feature.rms" }' in text(demo))
    demo.wait(lambda: "square" in demo.find("#node-body").text)
    Select(demo.find("#node-body .plugin select")).select_by_visible_text("feature.mfcc")
    demo.wait(lambda: '"mfcc": { "use": "feature.mfcc", "n_mfcc": 13, "lifter": 22 }' in text(demo))
    # What a form cannot take is lint's to say.
    node(demo, "features.mfcc")
    fill(demo, "n_mfcc", "99999999")
    demo.wait(lambda: demo.find("#status").text in ("1 error", "No findings."))
    assert demo.find("#saved").text == "not saved"


def test_saving_loses_nobodys_changes(studio, demo):
    path = studio.workspace / "Workflows/demo.json"
    caret(demo, '"seed": ', 1)
    type_in(demo, "8", Keys.CONTROL, "s")
    demo.wait(lambda: demo.find("#status").text == "Saved.")
    assert '"seed": 8' in path.read_text()
    # Someone else writes meanwhile.
    path.write_text(path.read_text().replace('"seed": 8', '"seed": 88'))
    caret(demo, '"seed": ', 1)
    type_in(demo, "9")
    demo.expected.append("412")
    demo.find("#save").click()
    demo.wait(lambda: "changed elsewhere" in demo.find("#status").text)
    assert '"seed": 88' in path.read_text()
    next(one for one in demo.all("button") if one.text.startswith("Load it anew")).click()
    demo.wait(lambda: '"seed": 88' in text(demo))


def test_line_ends_stay_as_they_were(studio, browser):
    path = studio.workspace / "Workflows/demo.json"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    browser.open(studio("/workflows/demo"))
    browser.wait_for("#editor[data-ready]")
    browser.wait(lambda: browser.find("#status").text == "No findings.")
    assert not browser.find("#save").is_enabled()
    before = path.read_bytes()
    caret(browser, '"seed": ', 1)
    type_in(browser, "8", Keys.CONTROL, "s")
    browser.wait(lambda: browser.find("#status").text == "Saved.")
    assert path.read_bytes() == before.replace(b'"seed": 7', b'"seed": 8')


CHANGES = [
    ('{"a": 1}', "a", 2, '{"a": 2}'),
    ('{ "a": 1 }', "b", True, '{ "a": 1, "b": true }'),
    ('{\n  "a": 1\n}', "b", [1, 2], '{\n  "a": 1,\n  "b": [1, 2]\n}'),
    ("{}", "a.b", 1, '{ "a": { "b": 1 } }'),
    ('{"f": {"m": {"use": "x.y", "n": 1}}}', "f.m.n", None, '{"f": {"m": {"use": "x.y"}}}'),
    ('{"f": {"n": 1, "m": 2}}', "f.n", None, '{"f": {"m": 2}}'),
    ('{"f": {"n": 1}}', "f.n", None, '{"f": {}}'),
    ('{"c": "classifier.svm"}', "c.cost", 2, '{"c": { "use": "classifier.svm", "cost": 2 }}'),
    ('{"c": "classifier.svm"}', "c.cost", None, '{"c": "classifier.svm"}'),
    ('{"v": {"a": [{"use": "p"}, {"use": "q", "r": 1}]}}', "v.a.1.r", 0.5, '{"v": {"a": [{"use": "p"}, {"use": "q", "r": 0.5}]}}'),
    # What stands elsewhere is nobody's business, be it right or wrong.
    ('{"a": 1,, "b": tru, "c": "\\u00e9\\"" ', "a", 3, '{"a": 3,, "b": tru, "c": "\\u00e9\\"" '),
    ("[1]", "a", 1, "[1]"), ("", "a", 1, ""),
]


def test_a_text_is_changed_in_one_place(studio, browser):
    browser.open(studio("/workflows/demo"))
    for before, path, value, after in CHANGES:
        found = browser.driver.execute_async_script(
            "const [text, path, value, done] = arguments;"
            "import('/assets/jsonedit.js').then(({ set }) => done(set(text, path, value === null ? undefined : value)))",
            before, path.split("."), value)
        assert found == after, (before, path)


def test_a_run_is_watched_to_its_end_and_its_report_opened(studio, demo):
    demo.find("#sets").send_keys("classifier.epochs=12 artifacts.clips=1")
    demo.find("#start").click()
    demo.wait(lambda: demo.find("#live .tag").text == "running")
    demo.wait(lambda: demo.find("#live .tag").text == "finished", 120)
    stages = {one.find_element("css selector", ".name").text: one for one in demo.all(".stages > div")}
    assert {"features", "training"} <= set(stages)
    bar = stages["training"].find_element("css selector", "[role=progressbar]")
    assert bar.get_attribute("aria-valuenow") == "100" and "12/12" in stages["training"].text
    curves = demo.wait(lambda: [one.get_attribute("aria-label") for one in demo.all("#live svg")])
    assert any(label.startswith("Loss so far: training") for label in curves)
    assert any(label.startswith("Accuracy so far: training") for label in curves)
    assert "UAR" in demo.find("#live .log").text
    assert demo.violations() == []
    name = demo.find("#live h3").text
    assert json.loads((studio.workspace / "runs" / name / "run.json").read_text())["state"] == "finished"
    assert json.loads((studio.workspace / "runs" / name / "workflow.json").read_text())["classifier"]["epochs"] == 12
    # Who comes late sees the same.
    demo.driver.refresh()
    demo.wait(lambda: demo.find("#live .tag").text == "finished" and len(demo.all("#live svg")) == 2)
    assert demo.find("#live a.button").text == "Open the report"
    demo.find("#live a.button").click()
    demo.wait(lambda: demo.driver.current_url.endswith(f"/runs/{name}"))
    assert len(demo.all(".metric")) == 4 and demo.all("#confusion svg a")


def test_a_run_is_stopped_and_says_so(studio, demo):
    demo.find("#sets").send_keys("classifier.epochs=100000")
    demo.find("#start").click()
    demo.wait(lambda: any(one.text.startswith("training") for one in demo.all(".stages > div")), 60)
    # A second one waits for its turn, and is taken out of the queue.
    second = requests.post(studio("/api/v1/runs"), json={"workflow": "demo", "name": "second"}, timeout=10)
    assert second.status_code == 202 and second.json()["state"] == "queued"
    assert requests.post(studio("/api/v1/runs/second/stop"), timeout=10).json()["state"] == "interrupted"
    demo.find("#live button.danger").click()
    demo.wait(lambda: demo.find("#live .tag").text == "interrupted", 60)
    name = demo.find("#live h3").text
    assert json.loads((studio.workspace / "runs" / name / "run.json").read_text())["state"] == "interrupted"
    assert not (studio.workspace / "runs/second").exists()
    assert requests.post(studio(f"/api/v1/runs/{name}/stop"), timeout=10).status_code == 409


def test_the_keyboard_is_enough(demo):
    caret(demo, '"n_m')
    type_in(demo, "x")
    demo.wait_for("#findings li")
    demo.driver.execute_script("document.getElementById('text').setSelectionRange(0, 0)")
    type_in(demo, Keys.F8)
    demo.wait(lambda: "n_mfcc" in demo.find("#status").text)
    assert demo.driver.execute_script("return document.activeElement.selectionStart") == text(demo).index('"n_mxfcc"')
    # Tab belongs to the text until one leaves it by Escape.
    type_in(demo, Keys.ESCAPE, Keys.TAB)
    assert demo.driver.execute_script("return document.activeElement.id") != "text"
    link = demo.find('#graph a[data-path="classifier"]')
    demo.driver.execute_script("arguments[0].focus()", link)
    demo.driver.switch_to.active_element.send_keys(Keys.ENTER)
    demo.wait(lambda: demo.find("#node-title").text == "classifier")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_phone(studio, browser, theme):
    browser.size(390, 844)
    browser.theme(theme)
    for path in ["/workflows", "/workflows/ravdess-speakers", "/workflows/demo"]:
        browser.open(studio(path))
        if path != "/workflows":
            browser.wait_for("#editor[data-ready]")
            node(browser, "features.mfcc")
        assert browser.overflow() == 0, path
        assert browser.violations() == [], path


# The interface for programs


def test_lint_says_what_the_command_line_says(studio):
    body = '{"timbre": 1, "features": {"mfcc": {"use": "feature.mfc"}}}'
    found = requests.post(studio("/api/v1/lint?name=x"), data=body, timeout=10).json()
    assert {"unknown_choice", "missing_key"} <= {one["kind"] for one in found}
    wrong = next(one for one in found if one["kind"] == "unknown_choice")
    assert (wrong["line"], wrong["column"], wrong["file"]) == (
        1, body.index('"feature.mfc"') + 1, "Workflows/x.json")
    assert "feature.mfcc" in wrong["help"]


def test_no_secret_and_no_foreign_file_is_told(start, tmp_path):
    (tmp_path / "foreign.json").write_text('{"timbre": 1, "title": "hidden words"}')
    server = start(environment={"SECRET": "swordfish", "RAVDESS": str(tmp_path)})
    body = '{"timbre": 1, "title": "${SECRET}", "dataset": {"use": "dataset.ravdess", "path": "${RAVDESS}", "channels": "${SECRET}"}}'
    answer = requests.post(server("/api/v1/lint?detail=true"), data=body, timeout=10).text
    assert "swordfish" not in answer and str(tmp_path) not in answer and "${RAVDESS}" in answer
    answer = requests.post(
        server("/api/v1/lint"), data=json.dumps({"extends": str(tmp_path / "foreign.json")}), timeout=10).text
    assert "hidden" not in answer and "no such workflow" in answer
    # A run is not given the secret either.
    requests.put(server("/api/v1/workflows/leaky"), data=json.dumps(
        {"extends": "demo.json", "title": "${SECRET}"}), timeout=10)
    answer = requests.post(server("/api/v1/runs"), json={"workflow": "leaky"}, timeout=10)
    assert answer.status_code == 422 and answer.json()["error"]["kind"] == "unset_variable"


def test_strangers_name_no_file_of_this_machine(start, tmp_path):
    text = json.dumps({"extends": "demo.json", "dataset": {"use": "dataset.folders", "path": str(tmp_path)}})
    for arguments, status in [([], 403), (["--data", tmp_path.parent], 202)]:
        server = start("--host", "0.0.0.0", "--token", "correct-horse", *arguments)
        address = f"http://127.0.0.1:{server.address.rsplit(':', 1)[1]}"
        headers = {"Authorization": "Bearer correct-horse"}
        requests.put(f"{address}/api/v1/workflows/far", data=text, headers=headers, timeout=10)
        answer = requests.post(f"{address}/api/v1/runs", json={"workflow": "far"}, headers=headers, timeout=10)
        assert answer.status_code == status, answer.text
        server.stop()


def test_events_resume_where_they_were(studio):
    run = requests.post(
        studio("/api/v1/runs"), json={"workflow": "demo", "name": "eventful", "set": ["classifier.epochs=2"]}, timeout=10)
    assert run.status_code == 202
    whole = requests.get(studio("/api/v1/runs/eventful/events"), timeout=120).text
    ids = [int(line[4:]) for line in whole.splitlines() if line.startswith("id: ")]
    assert ids == sorted(set(ids)) and "event: finished" in whole and whole.rstrip().split("\n")[-2] == "event: end"
    rest = requests.get(
        studio("/api/v1/runs/eventful/events"), headers={"Last-Event-ID": str(ids[-3])}, timeout=10).text
    assert [int(line[4:]) for line in rest.splitlines() if line.startswith("id: ")] == ids[-2:]
    over = requests.get(studio("/api/v1/runs/eventful/events"), headers={"Last-Event-ID": str(ids[-1])}, timeout=10)
    assert over.status_code == 204
    # One that another process has made only says where it stands.
    other = requests.get(studio("/api/v1/runs/demo/events"), timeout=10).text
    assert '"state": "finished"' in other
    assert requests.get(studio("/api/v1/runs/nothing/events"), timeout=10).status_code == 404
    again = requests.post(studio("/api/v1/runs"), json={"workflow": "demo", "name": "eventful"}, timeout=10)
    assert again.status_code == 409


def test_a_client_that_does_not_read_holds_nothing_up(studio):
    requests.post(
        studio("/api/v1/runs"), json={"workflow": "demo", "name": "busy", "set": ["classifier.epochs=100000"]}, timeout=10)
    host, port = studio.address.removeprefix("http://").split(":")
    idle = []
    for _ in range(32):
        connection = socket.create_connection((host, int(port)))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /api/v1/runs/busy/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        idle.append(connection)
    for _ in range(100):
        answer = requests.get(studio("/api/v1/runs/busy/events"), timeout=10, stream=True)
        answer.close()
        if answer.status_code == 503:
            break
        time.sleep(0.05)
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    begin = time.monotonic()
    assert requests.get(studio("/api/v1/health"), timeout=5).ok
    assert requests.post(studio("/api/v1/lint"), data="{}", timeout=10).ok
    assert time.monotonic() - begin < 5
    # A run that is stopped before it has made its folder leaves nothing to mark.
    state = studio.workspace / "runs/busy/run.json"
    for _ in range(600):
        if state.exists():
            break
        time.sleep(0.05)
    status, said = studio.stop()
    assert status == 0, said
    assert json.loads(state.read_text())["state"] == "interrupted"
    for connection in idle:
        connection.close()


def test_the_queue_has_an_end(studio):
    order = {"workflow": "demo", "set": ["classifier.epochs=100000"]}
    codes = [requests.post(studio("/api/v1/runs"), json=order, timeout=10).status_code for _ in range(20)]
    assert codes == [202] * 17 + [503] * 3


def test_a_server_that_stops_marks_what_runs(studio):
    requests.post(
        studio("/api/v1/runs"), json={"workflow": "demo", "name": "long", "set": ["classifier.epochs=100000"]}, timeout=10)
    follower = requests.get(studio("/api/v1/runs/long/events"), stream=True, timeout=60)
    lines = follower.iter_lines()
    next(line for line in lines if b'"stage": "training"' in line)
    begin = time.monotonic()
    status, said = studio.stop(signal.SIGTERM)
    assert status == 0, said
    assert time.monotonic() - begin < 20
    assert json.loads((studio.workspace / "runs/long/run.json").read_text())["state"] == "interrupted"
    # Who watched was told.
    assert any(b'"interrupted"' in line for line in lines)


def test_a_killed_server_leaves_a_run_that_is_told_as_stopped(studio):
    requests.post(
        studio("/api/v1/runs"), json={"workflow": "demo", "name": "orphan", "set": ["classifier.epochs=100000"]}, timeout=10)
    folder = studio.workspace / "runs/orphan"
    for _ in range(400):
        if (folder / "run.json").exists():
            break
        time.sleep(0.05)
    studio.process.kill()
    studio.process.wait()

    def state():
        from conftest import timbre
        listed = json.loads(timbre("runs", studio.workspace / "runs", "--json").stdout)
        return next(run["state"] for run in listed if run["name"] == "orphan")

    # Without anyone who reads its progress the run ends by itself.
    for _ in range(200):
        if state() == "stopped":
            break
        time.sleep(0.1)
    assert state() == "stopped"
