"""What a server must stand: foreign pages, strangers, large and slow uploads, hostile files, crowds, and being stopped."""

import concurrent.futures
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import time

import pytest
import requests

from conftest import Studio, timbre, voice, write_wav


def predict(server, path, **options):
    with open(path, "rb") as file:
        return requests.post(server("/api/v1/predict"), files={"audio": (path.name, file)}, timeout=60, **options)


def test_curl_gets_what_the_command_line_says(studio, clip):
    answer = subprocess.run(
        ["curl", "-s", "-F", f"audio=@{clip}", studio("/api/v1/predict")], check=True, capture_output=True, text=True)
    said = json.loads(timbre("predict", clip, "--model", studio.workspace / "runs/demo", "--json").stdout)
    said[0]["file"] = clip.name
    assert json.loads(answer.stdout) == said
    raw = requests.post(
        studio("/api/v1/predict"), data=clip.read_bytes(), headers={"Content-Type": "audio/wav"}, timeout=30)
    assert raw.json()[0]["probabilities"] == said[0]["probabilities"]


def test_health_and_metrics(studio, clip):
    assert requests.get(studio("/api/v1/health"), timeout=5).json()["status"] == "ready"
    predict(studio, clip)
    lines = requests.get(studio("/api/v1/metrics"), timeout=5).text.splitlines()
    assert "timbre_predictions_total 1" in lines
    assert 'timbre_http_requests_total{route="/api/v1/predict",method="POST",status="200"} 1' in lines


def test_every_answer_keeps_the_page_to_itself(studio):
    for path in ["/", "/nowhere", "/api/v1/nowhere", "/assets/studio.css"]:
        headers = requests.get(studio(path), timeout=5).headers
        assert "script-src 'self';" in headers["Content-Security-Policy"], path
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert requests.get(studio("/nowhere"), timeout=5).status_code == 404
    assert requests.get(studio("/api/v1/nowhere"), timeout=5).json()["error"]["kind"] == "not_found"


def test_foreign_names_and_foreign_pages_are_turned_away(studio, clip):
    assert requests.get(studio("/"), headers={"Host": "evil.example"}, timeout=5).status_code == 421
    for headers in [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Origin": studio.address.replace("127.0.0.1", "localhost")}]:
        assert predict(studio, clip, headers=headers).status_code == 403, headers
    assert predict(studio, clip, headers={"Origin": studio.address}).status_code == 200


def test_a_token_is_asked_for(start, clip):
    server = start("--token", "correct-horse")
    assert requests.get(server("/"), timeout=5).status_code == 401
    assert predict(server, clip).status_code == 401
    assert predict(server, clip, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert predict(server, clip, headers={"Authorization": "Bearer correct-horse"}).status_code == 200
    assert requests.get(server("/api/v1/health"), timeout=5).status_code == 200
    session = requests.Session()
    page = session.get(server("/?token=correct-horse"), timeout=5)
    assert page.status_code == 200 and "token" not in page.url
    cookie = page.history[0].headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    assert session.get(server("/"), timeout=5).status_code == 200


@pytest.mark.parametrize("headers, is_secure", [
    ({"X-Forwarded-Proto": "https"}, True), ({"X-Forwarded-Proto": "HTTPS, http"}, True),
    ({"Forwarded": "for=192.0.2.1;proto=https;by=203.0.113.1"}, True),
    ({"X-Forwarded-Proto": "http"}, False), ({"X-Forwarded-Proto": "http, https"}, False), ({"Forwarded": "for=https"}, False), ({}, False),
])
def test_the_cookie_goes_by_tls_alone_where_there_is_tls(start, headers, is_secure):
    server = start("--token", "correct-horse")
    answer = requests.get(server("/?token=correct-horse"), headers=headers, allow_redirects=False, timeout=5)
    assert answer.status_code == 303
    assert ("Secure" in answer.headers["Set-Cookie"].split("; ")) == is_secure


def test_the_token_may_stand_in_a_file(start, tmp_path):
    file = tmp_path / "token"
    file.write_text("correct-horse-battery\n")
    for arguments, environment in [([], {"TIMBRE_TOKEN_FILE": str(file)}), (["--token-file", file], {"TIMBRE_TOKEN": "not-this-one"})]:
        server = start(*arguments, environment=environment)
        bearer = {"Authorization": "Bearer correct-horse-battery"}
        assert requests.get(server("/api/v1/models"), headers=bearer, timeout=5).status_code == 200
        assert requests.get(server("/api/v1/models"), timeout=5).status_code == 401
        assert server.opened.endswith("?token=correct-horse-battery")


@pytest.mark.parametrize("content, part", [
    (None, "there is no such file"), (b"", "empty"), (b" \n", "empty"), (b"short", "too short"), (b"two words here", "cookie"),
    (b"\xff\xfe123456789", "no token"), (b"x" * 5000, "no token"), ("folder", "cannot be read"),
])
def test_a_file_without_a_token_is_said(tmp_path, content, part):
    file = tmp_path / "token"
    if content == "folder":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    outcome = timbre("serve", "--port", "0", "--workspace", tmp_path, "--token-file", file, check=False, timeout=20)
    assert outcome.returncode == 1 and part in outcome.stderr and str(file) in outcome.stderr, outcome.stderr


def test_beyond_this_machine_there_is_always_a_token(start):
    server = start("--host", "0.0.0.0")
    assert len(server.opened.split("token=")[1]) == 32
    port = server.address.rsplit(":", 1)[1]
    assert requests.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 401


@pytest.mark.parametrize("path", [
    "/assets/..%2fPackage.swift", "/assets/../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/a%00b",
])
def test_paths_lead_nowhere_else(studio, path):
    with socket.create_connection(studio.address.split("//")[1].split(":"), timeout=5) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.split()[1] in (b"404", b"400"), answer[:200]


def test_large_uploads_are_refused(start, tmp_path):
    server = start("--max-size", 1, "--max-seconds", 20)
    big = write_wav(tmp_path / "big.wav", [0.1] * 600_000)
    answer = predict(server, big)
    assert answer.status_code == 413 and "1 MiB" in answer.json()["error"]["message"]
    long = write_wav(tmp_path / "long.wav", [0.1] * 180_000, rate=8000)
    assert "22 s" in predict(server, long).json()[0]["error"]
    many = [("audio", (f"{n}.wav", b"x")) for n in range(65)]
    answer = requests.post(server("/api/v1/predict"), files=many, timeout=30)
    assert answer.status_code == 413 and "64 files" in answer.json()["error"]["message"]


@pytest.mark.parametrize("body, type, status", [
    (b"", "multipart/form-data; boundary=x", 400), (b"--x--\r\n", "multipart/form-data; boundary=x", 400),
    (b"{}", "application/json", 415), (b"", "", 415),
    (b"--x\r\nContent-Disposition: form-data; name=audio; filename=a\r\n\r\ncut", "multipart/form-data; boundary=x", 400),
])
def test_what_is_no_upload_is_refused(studio, body, type, status):
    answer = requests.post(studio("/api/v1/predict"), data=body, headers={"Content-Type": type}, timeout=10)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def hostile(tmp_path):
    """Files that lie about themselves."""
    good = write_wav(tmp_path / "good.wav", voice(1.0)).read_bytes()
    def header(**changes):
        values = dict(channels=1, rate=22050, bits=16, size=len(good) - 44) | changes
        align = values["channels"] * values["bits"] // 8
        return (b"RIFF" + struct.pack("<I", 36 + values["size"] & 0xFFFFFFFF) + b"WAVEfmt " + struct.pack(
            "<IHHIIHH", 16, 1, values["channels"], values["rate"], values["rate"] * align & 0xFFFFFFFF, align & 0xFFFF,
            values["bits"]) + b"data" + struct.pack("<I", values["size"]) + good[44:])
    return {
        "rate of 1 Hz": header(rate=1), "rate of 2^31": header(rate=2**31 - 1), "1024 channels": header(channels=1024),
        "size of all ones": header(size=0xFFFFFFF0), "no channels": header(channels=0), "61 bits": header(bits=61),
        "FLAC of zeros": b"fLaC" + bytes(5000), "Ogg of zeros": b"OggS" + bytes(5000), "ID3 of ones": b"ID3" + b"\xff" * 5000,
        "MP3 frames of noise": (b"\xff\xfb\x90\x64" + os.urandom(413)) * 40, "noise": os.urandom(20_000),
        "empty": b"", "good, cut": good[:60],
    }


def test_hostile_files_are_answered_and_the_server_goes_on(start, tmp_path, clip):
    server = start("--time-limit", 10)
    for name, content in hostile(tmp_path).items():
        path = tmp_path / "hostile"
        path.write_bytes(content)
        answer = predict(server, path)
        assert answer.status_code == 200, (name, answer.text)
        assert str(tmp_path) not in answer.text and "timbre-studio-" not in answer.text, name
    assert "label" in predict(server, clip).json()[0]


def children(pid):
    return [int(x) for x in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] + [
        int(x) for task in pathlib.Path(f"/proc/{pid}/task").iterdir() if task.name != str(pid)
        for x in (task / "children").read_text().split()]


def test_a_worker_that_dies_takes_nothing_along(start, clip):
    server = start("--workers", 1)
    assert "label" in predict(server, clip).json()[0]
    workers = children(server.process.pid)
    assert len(workers) == 1
    os.kill(workers[0], signal.SIGKILL)
    answers = [predict(server, clip).json()[0] for _ in range(2)]
    assert "label" in answers[1], answers


def test_work_that_takes_too_long_is_stopped(start, tmp_path):
    server = start("--time-limit", 0.001)
    answer = predict(server, write_wav(tmp_path / "long.wav", voice(20.0)))
    assert "longer than 0.001 s" in answer.json()[0]["error"]
    assert "timbre_worker_losses_total 1" in requests.get(server("/api/v1/metrics"), timeout=5).text


def test_a_crowd_gets_answers_or_is_asked_to_come_again(start, clip):
    server = start("--workers", 1, "--queue", 2)
    with concurrent.futures.ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(lambda _: predict(server, clip), range(64)))
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {200, 503} and 200 in statuses
    assert all(int(a.headers["Retry-After"]) >= 1 for a in answers if a.status_code == 503)
    said = {json.dumps(a.json()) for a in answers if a.status_code == 200}
    assert len(said) == 1


def test_a_slow_client_holds_no_worker(start, clip):
    server = start("--workers", 1)
    host, port = server.address.split("//")[1].split(":")
    slow = socket.create_connection((host, int(port)), timeout=5)
    slow.sendall(
        b"POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        b"Content-Length: 100000\r\n\r\n--x\r\nContent-Disposition: form-data; name=audio; filename=a\r\n\r\nRIFF")
    time.sleep(0.3)
    begin = time.monotonic()
    assert "label" in predict(server, clip).json()[0]
    assert time.monotonic() - begin < 5
    assert requests.get(server("/api/v1/health"), timeout=5).json()["busy"] == 0
    slow.close()


def test_nothing_is_left_of_uploads(start, clip, tmp_path):
    folder = tmp_path / "tmp"
    folder.mkdir()
    server = start(environment={"TMPDIR": str(folder)})
    predict(server, clip)
    (own,) = folder.iterdir()
    deadline = time.monotonic() + 5
    while list(own.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(own.iterdir()) == []
    status, said = server.stop()
    assert status == 0, said
    assert list(folder.iterdir()) == []


def test_what_a_killed_server_left_is_taken_away(workspace, clip, tmp_path):
    folder = tmp_path / "tmp"
    folder.mkdir()
    first = Studio(workspace, environment={"TMPDIR": str(folder)})
    first.process.kill()
    first.process.wait()
    assert len(list(folder.iterdir())) == 1
    second = Studio(workspace, environment={"TMPDIR": str(folder)})
    names = [path.name for path in folder.iterdir()]
    second.stop()
    assert len(names) == 1 and f"-{first.process.pid}-" not in names[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_asked_and_finishes_what_it_does(studio, clip, number):
    with concurrent.futures.ThreadPoolExecutor(4) as crowd:
        answers = [crowd.submit(predict, studio, clip) for _ in range(4)]
        assert answers[0].result().status_code == 200
        status, said = studio.stop(number)
    assert status == 0, said
    assert said == ""


def test_a_port_in_use_is_said(studio, workspace):
    port = studio.address.rsplit(":", 1)[1]
    outcome = timbre("serve", "--port", port, "--workspace", workspace, check=False)
    assert outcome.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in outcome.stderr and "--port" in outcome.stderr


@pytest.mark.parametrize("arguments, part", [
    (["--port", "99999"], "--port"), (["--token", "short"], "--token"), (["--workers", "0"], "--workers"),
    (["--token", "with space"], "--token"), (["--token", "long-enough", "--token-file", "x"], "--token-file"),
    (["--mlflow", "./mlruns"], "--mlflow"), (["--mlflow", "http://me:secret@host"], "MLFLOW_TRACKING_TOKEN"),
    (["--nonsense"], "--nonsense"),
])
def test_wrong_arguments_are_refused(arguments, part):
    outcome = timbre("serve", *arguments, check=False)
    assert outcome.returncode == 2 and part in outcome.stderr


def test_a_model_that_is_none_is_refused(tmp_path):
    outcome = timbre("serve", "--model", tmp_path, check=False)
    assert outcome.returncode != 0 and "holds no bundle" in outcome.stderr
