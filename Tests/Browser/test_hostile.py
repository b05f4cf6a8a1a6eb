"""What clients do that mean the server ill, or know no better: endless, deep, empty, many and half requests, and a machine that is full."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import struct
import subprocess
import time

import pytest
import requests

from conftest import Studio, voice, write_wav
from test_server import children, predict


def line(server):
    host, port = server.address.split("//")[1].split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def raw(server, data, seconds=10):
    """What comes back for some bytes until the server hangs up, or says no more."""
    with line(server) as connection:
        connection.settimeout(seconds)
        answer = b""
        with contextlib.suppress(OSError):
            connection.sendall(data)
        with contextlib.suppress(OSError):
            while part := connection.recv(65536):
                answer += part
    return answer


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


def is_well(server, clip):
    assert requests.get(server("/api/v1/health"), timeout=10).json()["status"] == "ready"
    assert "label" in predict(server, clip).json()[0]


def resident(server):
    return int(pathlib.Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


CLOSE = b"Host: localhost\r\nConnection: close\r\n"


@pytest.mark.parametrize("request_, statuses", [
    (b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + CLOSE + b"\r\n", {400, 414, 431, None}),
    (b"GET / HTTP/1.1\r\n" + CLOSE + b"X: " + b"a" * 200_000 + b"\r\n\r\n", {400, 431, None}),
    (b"GET / HTTP/1.1\r\n" + CLOSE + b"".join(b"X-%d: a\r\n" % n for n in range(5_000)) + b"\r\n", {400, 431, None}),
    (b"GET / HTTP/1.1\r\n" + CLOSE + b"Cookie: " + b"a=b; " * 10_000 + b"\r\n\r\n", {200, 431}),
    (b"FROB / HTTP/1.1\r\n" + CLOSE + b"\r\n", {400, 404, 405, 501, None}),
    (b"GET /api/v1/runs/\xff\xfe HTTP/1.1\r\n" + CLOSE + b"\r\n", {400, 404, None}),
    (b"GET /api/v1/runs/%ff%fe HTTP/1.1\r\n" + CLOSE + b"\r\n", {400}),
    (b"GET /api/v1/runs/demo%00 HTTP/1.1\r\n" + CLOSE + b"\r\n", {404}),
    (b"GET /api/v1/runs/" + b"n" * 5_000 + b" HTTP/1.1\r\n" + CLOSE + b"\r\n", {404}),
    (b"GET /api/v1/runs/demo/files/" + b"../" * 50 + b"etc/passwd HTTP/1.1\r\n" + CLOSE + b"\r\n", {400, 404}),
    (b"GET /api/v1/runs/demo/files/" + b"%2e%2e/" * 50 + b"etc/passwd HTTP/1.1\r\n" + CLOSE + b"\r\n", {400, 404}),
    (b"GET /api/v1/runs/demo/files/" + b"%2e%2e%2f" * 50 + b"etc%2fpasswd HTTP/1.1\r\n" + CLOSE + b"\r\n", {400, 404}),
    (b"POST /api/v1/lint HTTP/1.1\r\n" + CLOSE + b"Content-Length: -5\r\n\r\n{}", {400, None}),
    (b"POST /api/v1/lint HTTP/1.1\r\n" + CLOSE + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", {400, None}),
    (b"POST /api/v1/lint HTTP/1.1\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n", {400, None}),
    (b"POST /api/v1/lint HTTP/1.1\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n2\r\n{}\r\n0\r\n\r\n", {200, 400, 422, None}),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400, None}), (b"\x00" * 10_000, {400, None}), (b"\r\n" * 10_000, {400, None}),
])
def test_requests_that_are_none(studio, clip, request_, statuses):
    answer = raw(studio, request_, seconds=3)
    assert status(answer) in statuses, answer[:300]
    assert b"root:" not in answer
    is_well(studio, clip)


def test_bodies_that_are_large_deep_or_odd(studio, clip):
    deep = "[" * 100_000
    for text, expected in [("x" * (50 << 20), {413}), (deep, {200, 422}), ('{"a":' * 100_000, {200, 422}), ("\x00", {200, 422})]:
        answer = requests.post(studio("/api/v1/lint"), data=text, timeout=60)
        assert answer.status_code in expected, answer.text[:300]
    assert requests.put(studio("/api/v1/workflows/large"), data="x" * (50 << 20), timeout=60).status_code == 413
    assert requests.put(studio("/api/v1/workflows/deep"), data=deep, timeout=60).status_code == 201
    assert requests.get(studio("/api/v1/workflows"), timeout=60).status_code == 200
    assert requests.get(studio("/workflows/deep"), timeout=60).status_code == 200
    for body in [deep, '{"workflow": "deep"}', '{"workflow": "demo", "set": ["title=a\\u0000b"]}', '{"workflow": "demo", "set": [%s]}' % ('"seed=1",' * 2_000 + '"seed=2"'),
                 '{"workflow": "demo", "name": "../x"}', '{"workflow": "demo", "name": "a\\u0000b"}', '{"workflow": "demo", "name": "%s"}' % ("n" * 3_000)]:
        answer = requests.post(studio("/api/v1/runs"), data=body, headers={"Content-Type": "application/json"}, timeout=60)
        assert answer.status_code in (400, 422), (body[:80], answer.text[:300])
    is_well(studio, clip)


def form(parts, boundary="x"):
    return b"".join(b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (boundary.encode(), head, body) for head, body in parts) + b"--%s--\r\n" % boundary.encode()


@pytest.mark.parametrize("type, body, statuses", [
    # One name for all of them: what counts is how many there are.
    ("multipart/form-data; boundary=x", form([(b'name="a"', b"")] * 200_000), {413}),
    ("multipart/form-data; boundary=x", form([(b'name="audio"; filename="a"', b"")] * 5_000), {413}),
    ("multipart/form-data; boundary=" + "y" * 71, b"--y", {400, 415}), ("multipart/form-data; boundary=", b"", {400, 415}),
    ("multipart/form-data; boundary=\"a b'c\"", form([(b'name="audio"; filename="a.wav"', b"RIFF")], "a b'c"), {200, 400}),
    ("multipart/form-data; boundary=" + "-" * 60, b"-" * 1_000_000, {400}), ("multipart/form-data; boundary=a", b"\r\n--" * 300_000, {400}),
    ("multipart/form-data; boundary=x", b"--x\r\n" + b"A" * 1_000_000, {400}),
    ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 10_000 + b"\r\n", {400}),
    ("multipart/form-data; boundary=x", form([(b'name="audio"; filename="../../../../etc/cron.d/x"', b"RIFF")]), {200}),
    ("multipart/form-data; boundary=x", form([(b'name="audio"; filename="' + b"n" * 10_000 + b'"', b"RIFF")]), {200}),
    ("multipart/form-data; boundary=x", form([(b'name="audio"; filename="a\x00b\xff"', b"RIFF")]), {200}),
    ("multipart/form-data; boundary=x", form([(b'name="model"', b"../../x\x00"), (b'name="audio"; filename="a"', b"RIFF")]), {404}),
])
def test_forms_that_are_odd(studio, clip, type, body, statuses):
    begin = time.monotonic()
    answer = raw(studio, b"POST /api/v1/predict HTTP/1.1\r\n" + CLOSE + b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n" % (type.encode(), len(body)) + body)
    assert status(answer) in statuses, answer[:500]
    # Whoever has sent everything is not kept waiting for the answer.
    assert time.monotonic() - begin < 5 or status(answer) == 413
    is_well(studio, clip)


def test_bodies_without_end_come_to_one(start, clip):
    server = start("--upload-limit", 1.5)
    for path, type in [("/api/v1/predict", b"audio/wav"), ("/api/v1/lint", b"text/plain"), ("/api/v1/runs", b"application/json")]:
        with line(server) as connection:
            connection.sendall(b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % (path.encode(), type))
            connection.settimeout(0.2)
            answer, begin = b"", time.monotonic()
            while not answer and time.monotonic() - begin < 10:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    connection.sendall(b"1\r\nx\r\n")
                with contextlib.suppress(TimeoutError):
                    answer = connection.recv(65536)
        assert status(answer) == 408, (path, answer[:300])
    is_well(server, clip)


def test_who_goes_on_after_the_answer_is_left(start, clip):
    server = start("--stall-limit", 1)
    with line(server) as connection:
        connection.sendall(b"POST /api/v1/lint HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk, begin = b"10000\r\n" + b"x" * 65536 + b"\r\n", time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - begin < 20:
                connection.sendall(chunk)
                time.sleep(0.01)
    assert time.monotonic() - begin < 10
    is_well(server, clip)


def test_who_takes_nothing_of_an_answer_is_left(start, workspace, clip):
    with open(workspace / "runs/demo/large.npy", "wb") as file:
        file.truncate(64 << 20)
    server = start("--stall-limit", 1)
    ask = b"GET /api/v1/runs/demo/files/large.npy HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(line(server)) for _ in range(20)]
        for connection in lines:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(ask)
        # Slow, but not asleep.
        slow = stack.enter_context(line(server))
        slow.sendall(ask)

        def held():
            return sum("large.npy" in os.readlink(path) for path in pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir() if path.is_symlink())

        time.sleep(0.5)
        assert held() == 21
        taken, deadline = 0, time.monotonic() + 10
        while held() > 1 and time.monotonic() < deadline:
            taken += len(slow.recv(1 << 18))
            time.sleep(0.05)
        assert held() == 1
        while part := slow.recv(1 << 20):
            taken += len(part)
            if taken > 64 << 20:
                break
        assert taken > 64 << 20
    is_well(server, clip)


def flac(seconds, said=None, value=0):
    """A constant at 8 kHz in a few bytes a frame. `said`: how many samples the header speaks of; 0 is "unknown"."""
    def crc(data, bits, polynomial):
        register, top, mask = 0, 1 << bits - 1, (1 << bits) - 1
        for byte in data:
            register ^= byte << bits - 8
            for _ in range(8):
                register = (register << 1 ^ polynomial if register & top else register << 1) & mask
        return register

    def number(value):
        if value < 0x80:
            return bytes([value])
        return bytes([0xC0 | value >> 6, 0x80 | value & 63]) if value < 0x800 else bytes([0xE0 | value >> 12, 0x80 | value >> 6 & 63, 0x80 | value & 63])

    block = 65_000
    frames = seconds * 8000 // block + 1
    total = frames * block if said is None else said
    info = struct.pack(">HH", block, block) + bytes(6) + (8000 << 44 | 0 << 41 | 15 << 36 | total).to_bytes(8, "big") + bytes(16)
    out = b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info
    for index in range(frames):
        head = b"\xff\xf8\x74\x08" + number(index) + struct.pack(">H", block - 1)
        frame = head + bytes([crc(head, 8, 0x07)]) + b"\x00" + struct.pack(">h", value)
        out += frame + struct.pack(">H", crc(frame, 16, 0x8005))
    return out


def test_files_that_become_much(start, tmp_path, clip):
    server = start("--time-limit", 10, "--max-seconds", 60, "--workers", 1)
    before = resident(server)
    path = tmp_path / "bomb"
    path.write_bytes(flac(5, value=9))
    assert "label" in predict(server, path).json()[0]
    # Ten hours in some 80 kB, by what the header says, by what it does not say, and by what it denies.
    for said in [None, 0, 8_000]:
        path.write_bytes(flac(36_000, said, value=9))
        assert path.stat().st_size < 100_000
        begin = time.monotonic()
        answer = predict(server, path)
        assert answer.status_code == 200 and time.monotonic() - begin < 12
        if said is None:
            assert "36" in answer.json()[0]["error"], answer.text
    wav = tmp_path / "hour.wav"
    with open(wav, "wb") as file:
        size = 8000 * 2 * 3600
        file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16) + b"data" + struct.pack("<I", size))
        file.truncate(44 + size)
    assert "3600 s" in predict(server, wav).json()[0]["error"]
    assert resident(server) < before + (200 << 20)
    is_well(server, clip)


def test_many_who_watch_one_run(start, workspace, clip):
    server = start()
    order = {"workflow": "demo", "name": "long", "set": ["classifier.epochs=100000"]}
    assert requests.post(server("/api/v1/runs"), json=order, timeout=30).status_code == 202
    with contextlib.ExitStack() as stack:
        answers = [stack.enter_context(requests.get(server("/api/v1/runs/long/events"), stream=True, timeout=30)) for _ in range(60)]
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses.count(200) == 32 and statuses.count(503) == 28
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers if answer.status_code == 503)
        is_well(server, clip)
    # Those who have gone make room.
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        with requests.get(server("/api/v1/runs/long/events"), stream=True, timeout=30) as answer:
            if answer.status_code == 200:
                break
        time.sleep(0.5)
    assert answer.status_code == 200
    assert requests.post(server("/api/v1/runs/long/stop"), timeout=30).status_code == 202


def test_links_that_lead_out_of_the_workspace(start, workspace, tmp_path, clip):
    secret = tmp_path / "secret"
    (secret / "runs/x").mkdir(parents=True)
    (secret / "word.txt").write_text("swordfish")
    (secret / "flow.json").write_text('{"timbre": 1, "title": "swordfish"}')
    shutil.copy(workspace / "runs/demo/run.json", secret / "runs/x/run.json")
    for link, target in [("runs/out", "runs/x"), ("runs/demo/out", "."), ("runs/demo/word.txt", "word.txt"), ("Workflows/flow.json", "flow.json"),
                         ("Workflows/word.json", "word.txt"), ("runs/demo/loop", "../../../workspace/runs/demo/loop")]:
        (workspace / link).symlink_to(secret / target)
    server = start()
    names = [file["path"] for file in requests.get(server("/api/v1/runs/demo/files"), timeout=10).json()]
    assert not [name for name in names if "out" in name or "word" in name or "loop" in name]
    for path in ["runs/out", "runs/out/files", "runs/demo/files/word.txt", "runs/demo/files/out/word.txt", "runs/demo/files/loop", "workflows/flow", "workflows/word"]:
        answer = requests.get(server(f"/api/v1/{path}"), timeout=10)
        assert answer.status_code == 404 and "swordfish" not in answer.text, path
    assert "out" not in [run["name"] for run in requests.get(server("/api/v1/runs"), timeout=10).json()]
    assert requests.delete(server("/api/v1/runs/out"), timeout=10).status_code == 404
    # What is written takes the link's place, not its target's.
    requests.put(server("/api/v1/workflows/flow"), data="{}", timeout=10)
    assert "swordfish" in (secret / "flow.json").read_text()
    is_well(server, clip)


@pytest.fixture
def full(tmp_path):
    """A temporary folder with room for next to nothing."""
    folder = tmp_path / "full"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True).returncode != 0:
        pytest.skip("mounting needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_said_and_forgotten(start, full, tmp_path, clip):
    server = start(environment={"TMPDIR": str(full)})
    large = write_wav(tmp_path / "large.wav", [0.1] * 400_000)
    for _ in range(3):
        answer = predict(server, large)
        assert answer.status_code == 507 and answer.json()["error"]["kind"] == "no_space", answer.text
        assert int(answer.headers["Retry-After"]) > 0
    (full / "filler").write_bytes(bytes(210 << 10))
    answer = requests.get(server("/api/v1/runs/demo/views/original"), params={"clip": "speaker02-calm-02"}, timeout=30)
    assert answer.status_code == 507 and answer.json()["error"]["kind"] == "no_space", answer.text
    (full / "filler").unlink()
    small = write_wav(tmp_path / "small.wav", voice(1.0, rate=8000), 8000)
    assert "label" in predict(server, small).json()[0]
    assert requests.get(server("/api/v1/health"), timeout=5).json()["status"] == "ready"


def test_few_files_are_enough(workspace, clip):
    """Under a limit of open files: connections beyond wait, and nothing is lost."""
    def limited():
        resource.setrlimit(resource.RLIMIT_NOFILE, (96, 96))

    server = Studio(workspace, preexec_fn=limited)
    try:
        is_well(server, clip)
        with contextlib.ExitStack() as stack:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    stack.enter_context(line(server))
            time.sleep(1)
            assert server.process.poll() is None
        is_well(server, clip)
    finally:
        status_, said = server.stop()
    assert status_ == 0, said


def test_half_requests_make_room_again(start, clip):
    server = start()
    before = len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()))
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            connection = stack.enter_context(line(server))
            connection.sendall(b"POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/wav\r\nContent-Length: 1000\r\n\r\nRIFF")
        is_well(server, clip)
    deadline = time.monotonic() + 10
    while len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir())) > before + 20 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir())) <= before + 20
    is_well(server, clip)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_while_clients_hold_on(start, workspace, clip, number):
    server = start("--time-limit", 2)
    requests.post(server("/api/v1/runs"), json={"workflow": "demo", "name": "long", "set": ["classifier.epochs=100000"]}, timeout=30)
    with contextlib.ExitStack() as stack:
        for start_of in [b"", b"GET / HT", b"POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/wav\r\nContent-Length: 9\r\n\r\nR",
                         b"GET /api/v1/runs/long/events HTTP/1.1\r\nHost: localhost\r\n\r\n"]:
            stack.enter_context(line(server)).sendall(start_of)
        time.sleep(1)
        begin = time.monotonic()
        outcome, said = server.stop(number, seconds=40)
    assert outcome == 0 and said == "", said
    assert time.monotonic() - begin < 35
    assert json.loads((workspace / "runs/long/run.json").read_text())["state"] == "interrupted"


def test_workers_that_are_killed_at_work(start, tmp_path, clip):
    server = start("--workers", 2)
    long = write_wav(tmp_path / "long.wav", voice(10.0))
    with concurrent.futures.ThreadPoolExecutor(8) as crowd:
        answers = [crowd.submit(predict, server, long) for _ in range(24)]
        for _ in range(10):
            for worker in children(server.process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
            time.sleep(0.1)
        said = [answer.result() for answer in answers]
    assert {answer.status_code for answer in said} <= {200, 503}
    assert all("label" in answer.json()[0] or "died" in answer.json()[0]["error"] for answer in said if answer.status_code == 200)
    is_well(server, clip)
    assert len(children(server.process.pid)) <= 2
