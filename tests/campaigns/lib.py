"""What the campaigns share: an instance that can be killed and started again, uploads, and what is on the disk."""

import argparse
import base64
import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests/fixtures/media"
PASSWORD = "correct horse battery"
ENDED = ("ready", "failed")


class Broken(Exception):
    """The connection ended before the answer."""


class Away(Broken):
    """503 or 507: something below is away, or full; the same may work soon."""


def options(what, **numbers):
    """Command line of a campaign: `--programs FOLDER --seed N`, and a number for each name."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--programs", type=Path, default=ROOT / "target/debug")
    parser.add_argument("--seed", type=int, default=1)
    for name, usual in numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(usual), default=usual)
    wanted = parser.parse_args()
    wanted.programs = wanted.programs.absolute()
    return wanted


def check(holds, *what):
    """An assertion that no `-O` takes away."""
    if not holds:
        raise AssertionError(" ".join(str(part) for part in what))


def again(act, seconds=120):
    """Tries until the server is there, and able to."""
    begin = time.monotonic()
    while True:
        try:
            return act()
        except Broken as error:
            check(time.monotonic() - begin < seconds, "it does not come back:", error)
            time.sleep(0.02)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def children(pid):
    """Direct children of a process."""
    found = set()
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found.update(int(child) for child in (task / "children").read_text().split())
    except OSError:
        pass
    return found


def descendants(pid):
    """Children, their children, and so on."""
    found = children(pid)
    return found.union(*(descendants(child) for child in found))


def gone(pid):
    """Whether a process has ended, waited for or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def peak_rss_mb(pid):
    """The most memory that a process had so far; None: it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    line = next((line for line in text.splitlines() if line.startswith("VmHWM")), None)
    return int(line.split()[1]) / 1024 if line else None


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def shared_media():
    """The larger collection of recordings, where it is present."""
    media = Path(os.environ.get("MERIDIAN_SHARED", ROOT.parent / "shared")) / "media"
    return media if (media / "manifest.json").exists() else None


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *map(str, arguments)], check=True)


def padded(clip, size_bytes, seed):
    """A WebM clip with random bytes behind it, in an EBML element that players leave out."""
    head = b"\xec\x01" + (size_bytes).to_bytes(7, "big")
    return clip + head + random.Random(seed).randbytes(size_bytes)


class Instance:
    """A server on a data folder, with workers of its own or none. Its account outlives restarts."""

    def __init__(self, programs, data, workers=1, env=None, beside=None):
        """`beside`: another server of the same instance, whose account it is."""
        self.programs, self.data, self.workers, self.env = programs, Path(data), workers, env or {}
        self.port, self.server, self.token, self.team, self.workspace = None, None, None, None, None
        self.keeps_port = beside is not None
        self.start()
        if beside is None:
            self.sign_up()
        else:
            self.token, self.team, self.workspace = beside.token, beside.team, beside.workspace

    def start(self):
        """Starts the server and returns when it is ready."""
        if self.port is None or not self.keeps_port:
            self.port = free_port()
        env = {
            "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "MERIDIAN_LISTEN": f"127.0.0.1:{self.port}",
            "MERIDIAN_DATA_DIR": str(self.data), "MERIDIAN_LOG": "warn", "MERIDIAN_SIGNUP": "open",
            "MERIDIAN_EMBEDDED_WORKERS": str(self.workers), "MERIDIAN_MODEL_DIR": str(self.data / "no-models"), **self.env,
        }
        # Beside the data, not on the file system that is tried.
        self.log_path = Path(tempfile.gettempdir()) / f"meridian-campaign-{os.getpid()}.log"
        with open(self.log_path, "a") as log:
            self.server = subprocess.Popen([self.programs / "meridian-server", "serve"], env=env, stdout=log, stderr=log,
                                           cwd=tempfile.gettempdir())
        begin = time.monotonic()
        while True:
            try:
                if self.call("GET", "/readyz")[0] == 200:
                    return
            except Broken:
                pass
            check(self.server.poll() is None and time.monotonic() - begin < 60, "the server did not start:", self.log())
            time.sleep(0.01)

    def log(self):
        return self.log_path.read_text()[-4000:]

    def kill(self):
        """SIGKILL for the server and all that it started."""
        others = descendants(self.server.pid)
        self.server.kill()
        for pid in others:
            if not gone(pid):
                os.kill(pid, signal.SIGKILL)
        self.server.wait()
        while not all(gone(pid) for pid in others):
            time.sleep(0.01)

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        status = self.server.wait(60)
        check(status == 0, "the server ended with", status, self.log())

    def call(self, method, path, body=None, headers=None, timeout=60):
        """Status, headers, body; Broken when the other side is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict((k.lower(), v) for k, v in answer.getheaders()), answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Broken(str(error)) from error
        finally:
            connection.close()

    def bearer(self, more=None):
        return {"Authorization": f"Bearer {self.token}", **(more or {})}

    def try_api(self, method, path, body=None):
        """Status and JSON; signs in again when the token is out of time."""
        for _ in range(3):
            headers = self.bearer({"Content-Type": "application/json"})
            status, _, text = self.call(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
            if status != 401:
                break
            self.sign_in()
        return status, json.loads(text) if text else {}

    def api(self, method, path, body=None):
        status, told = self.try_api(method, path, body)
        if status in (503, 507):
            raise Away(f"{method} {path}")
        check(status < 300, method, path, status, told)
        return told

    def sign_up(self):
        account = {"email": "a@campaign.example", "password": PASSWORD, "display_name": "A", "time_zone": "UTC",
                   "workspace_name": "Campaign"}
        status, _, text = self.call("POST", "/api/v1/auth/signup", json.dumps(account), {"Content-Type": "application/json"})
        check(status == 201, status, text)
        made = json.loads(text)
        self.token = made["access_token"]
        self.workspace = made["workspace"]["id"]
        self.team = self.api("POST", f"/workspaces/{self.workspace}/teams", {"name": "Campaign"})["id"]

    def sign_in(self):
        """The status of the answer."""
        account = {"email": "a@campaign.example", "password": PASSWORD}
        status, _, text = self.call("POST", "/api/v1/auth/login", json.dumps(account), {"Content-Type": "application/json"})
        if status == 200:
            self.token = json.loads(text)["access_token"]
        return status

    def status_of(self, update):
        return self.api("GET", f"/updates/{update}")

    def wait_ended(self, update, seconds=240):
        begin = time.monotonic()
        while (told := self.status_of(update))["status"] not in ENDED:
            check(time.monotonic() - begin < seconds, "stuck:", told["status"], update, self.log())
            time.sleep(0.05)
        return told


class Upload:
    """One tus upload of known bytes: what was acknowledged, and what is there."""

    def __init__(self, instance, content, title="clip"):
        self.instance, self.content, self.acknowledged = instance, content, 0
        self.update = instance.api("POST", f"/teams/{instance.team}/updates", {"kind": "video", "title": title})["id"]
        self.path = None

    def tus(self, more=None):
        return self.instance.bearer({"Tus-Resumable": "1.0.0", **(more or {})})

    def create(self):
        """The status; 409 tells where it is."""
        headers = self.tus({"Upload-Length": str(len(self.content))})
        status, told, text = self.instance.call("POST", f"/api/v1/uploads?update_id={self.update}", None, headers)
        if status in (201, 409) and "location" in told:
            self.path = told["location"]
        return status, text

    def send(self, size):
        """Sends `size` bytes from what is acknowledged; the answer's status and body."""
        at = self.acknowledged
        end = min(at + size, len(self.content))
        headers = self.tus({"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"})
        status, told, text = self.instance.call("PATCH", self.path, self.content[at:end], headers)
        if status == 204:
            self.acknowledged = int(told["upload-offset"])
        return status, text

    def ask(self):
        """HEAD: goes on from there; never behind what was acknowledged."""
        status, told, _ = self.instance.call("HEAD", self.path, None, self.tus())
        if status == 401:
            self.instance.sign_in()
            status, told, _ = self.instance.call("HEAD", self.path, None, self.tus())
        if status == 503:
            raise Away("HEAD")
        check(status == 200, "HEAD", status)
        there = int(told["upload-offset"])
        check(there >= self.acknowledged, self.acknowledged, "bytes were acknowledged,", there, "are told")
        self.acknowledged = there
        return there

    def finish(self, size=1_000_000):
        while self.acknowledged < len(self.content):
            status, text = self.send(size)
            check(status == 204, status, text)

    def on_disk(self, data=None):
        """What database and objects hold, read beside the server: every byte that the offset promises."""
        data = data or self.instance.data
        upload = self.path.rsplit("/", 1)[1]
        with closing(sqlite3.connect(f"file:{data}/meridian.db?mode=ro", uri=True, timeout=30)) as database:
            key = bytes.fromhex(upload.replace("-", ""))
            rows = database.execute("SELECT start_offset, size_bytes, object_key FROM upload_chunks WHERE upload_id IN (?, ?) "
                                    "ORDER BY start_offset", (key, upload)).fetchall()
            offset, = database.execute("SELECT offset_bytes FROM uploads WHERE id IN (?, ?)", (key, upload)).fetchone()
        held = b""
        for start, size, name in rows:
            part = (data / "objects" / name).read_bytes()
            check(start == len(held) and size == len(part), "a hole at", start, "of", offset, "bytes:", name, len(part))
            held += part
        check(len(held) == offset, "the offset is", offset, "and there are", len(held), "bytes")
        check(held == self.content[:offset], "other bytes than were sent")
        return offset
