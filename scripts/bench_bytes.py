"""Bytes in and out for bench.py: uploads beside nginx's dav PUT and the Node tus server (P7), range reads beside nginx (P8).

All three servers are on this machine, on the same file system, asked in turns by the same client. Neither nginx nor the Node
server makes anything durable before it answers; Meridian does.
"""

import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/campaigns"))

import lib  # noqa: E402

ROUNDS = 3
BIG = 1_000_000_000
MANY = 64
SECONDS = 5
CONNECTIONS = 64

NGINX = """
daemon off; worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; keepalive_requests 1000000; client_max_body_size 0;
  client_body_temp_path {folder}/temp; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; location / {{ dav_methods PUT; }} }}
}}
"""


class Nginx:
    def __init__(self, folder):
        self.folder, self.port = Path(folder), lib.free_port()
        (self.folder / "files").mkdir()
        # Its workers are nobody's where root starts it.
        for part in (self.folder, self.folder / "files"):
            part.chmod(0o777)
        conf = self.folder / "nginx.conf"
        conf.write_text(NGINX.format(folder=folder, port=self.port))
        self.process = subprocess.Popen(["nginx", "-c", conf, "-e", self.folder / "nginx.log"])
        wait_for(self.port, self.process)

    def upload(self, name, file):
        return send(self.port, "PUT", f"/{name}", {}, file)

    def forget(self):
        for file in (self.folder / "files").iterdir():
            file.unlink()

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class NodeTus:
    def __init__(self, folder):
        self.folder, self.port = Path(folder), lib.free_port()
        script = ROOT / "scripts/peers/tus_server.mjs"
        self.process = subprocess.Popen(["node", script, str(self.port), folder], stdout=subprocess.DEVNULL)
        wait_for(self.port, self.process)

    def upload(self, _, file):
        return send(self.port, "POST", "/files", tus_headers(file), file)

    def forget(self):
        for file in self.folder.iterdir():
            file.unlink()

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class Ours:
    """A server without workers: only what the bytes cost."""

    def __init__(self, programs, folder, env=None):
        self.instance = lib.Instance(programs, folder, workers=0, env=env)
        self.updates, self.lock = [], threading.Lock()

    def prepare(self, count):
        for _ in range(count):
            self.updates.append(self.instance.api("POST", f"/teams/{self.instance.team}/updates",
                                                  {"kind": "video", "title": "bench"})["id"])

    def upload(self, _, file):
        with self.lock:
            update = self.updates.pop()
        headers = tus_headers(file) | {"Authorization": f"Bearer {self.instance.token}"}
        return send(self.instance.port, "POST", f"/api/v1/uploads?update_id={update}", headers, file)

    def forget(self):
        """Takes the objects of a folder away: another round finds the same room."""
        for file in (self.instance.data / "objects").rglob("*"):
            if file.is_file():
                file.unlink()

    def stop(self):
        self.instance.stop()


def wait_for(port, process):
    begin = time.monotonic()
    while True:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() - begin > 20:
            sys.exit(f"{process.args[0]} did not start")
        time.sleep(0.02)


def tus_headers(file):
    return {"Tus-Resumable": "1.0.0", "Upload-Length": str(file.stat().st_size),
            "Content-Type": "application/offset+octet-stream"}


def send(port, method, path, headers, file):
    """Sends a file as a body; returns when the answer is there."""
    size = file.stat().st_size
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {size}", "Connection: close",
             *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=120) as to, open(file, "rb") as source:
        to.sendall("\r\n".join(lines).encode())
        to.sendfile(source)
        answer = to.recv(65536)
    status = answer.split(b" ", 2)[1:2]
    if status not in ([b"201"], [b"204"]):
        sys.exit(f"{method} {path}: {answer[:300]}")


def at_once(server, files):
    """Seconds until all have their answer."""
    failed = []

    def one(index, file):
        try:
            server.upload(f"file-{index}", file)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(files)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        sys.exit(f"an upload failed: {failed[0]}")
    return time.monotonic() - begin


def recording(folder, name, size, seed):
    """A recording of a given size: a clip with bytes behind it that players leave out."""
    clip = (lib.FIXTURES / "voice.webm").read_bytes()
    file = Path(folder, name)
    with open(file, "wb") as out:
        out.write(clip + b"\xec\x01" + (size - len(clip) - 9).to_bytes(7, "big"))
        left, block = size - len(clip) - 9, random.Random(seed).randbytes(1_000_000)
        while left > 0:
            left -= out.write(block[:min(left, len(block))])
    return file


def rows_uploads(programs, setup, rows):
    """P7. On S3 the bytes go through two more programs: the goals of speed are those of the folder, memory is bounded as well."""
    with tempfile.TemporaryDirectory() as top:
        folders = {name: Path(top, name) for name in ("files", "ours", "nginx", "node")}
        Path(top).chmod(0o755)
        for folder in folders.values():
            folder.mkdir()
        one = [recording(folders["files"], "one.webm", BIG, 1)]
        many = [recording(folders["files"], f"{i}.webm", BIG // MANY, i) for i in range(MANY)]
        embedded = setup.name == "embedded"
        a_flight_mb, nginx_goal, node_goal = (10, ">= 0.6", ">= 1.0") if embedded else (24, None, None)
        for what, files in (("one of 1 GB", one), (f"{MANY} of 16 MB at once", many)):
            most_mb = 64 + a_flight_mb * len(files)
            ours = Ours(programs, folders["ours"] / what.split()[0], setup.env())
            what += setup.said
            servers = {"ours": ours, "nginx": Nginx(tempfile.mkdtemp(dir=folders["nginx"])), "node": NodeTus(folders["node"])}
            took = {name: [] for name in servers}
            try:
                for _ in range(ROUNDS):
                    ours.prepare(len(files))
                    for name, server in servers.items():
                        os.sync()
                        took[name].append(at_once(server, files))
                        server.forget()
                peak = lib.peak_rss_mb(ours.instance.server.pid)
            finally:
                for server in servers.values():
                    server.stop()
            median = {name: statistics.median(times) for name, times in took.items()}
            rows += [
                (f"P7 {what}: speed, ours / nginx dav PUT", "x", nginx_goal, median["nginx"] / median["ours"]),
                (f"P7 {what}: speed, ours / Node tus server", "x", node_goal, median["node"] / median["ours"]),
                (f"P7 {what}: ours, durable", "s", None, median["ours"]),
                (f"P7 {what}: nginx, not durable", "s", None, median["nginx"]),
                (f"P7 {what}: Node tus server, not durable", "s", None, median["node"]),
                (f"P7 {what}: most memory of the server", "MB", most_mb, peak),
            ]


def wrk(port, path, first, last):
    """Requests a second and the 99th percentile in ms."""
    told = subprocess.check_output(["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-H",
                                    f"Range: bytes={first}-{last}", f"http://127.0.0.1:{port}{path}"], text=True)
    if "Non-2xx" in told:
        sys.exit(f"refused: {told}")
    lines = {line.split()[0]: line.split()[1] for line in told.splitlines() if len(line.split()) == 2}
    number = lines["99%"]
    unit = next(unit for unit in ("us", "ms", "s") if number.endswith(unit))
    return float(lines["Requests/sec:"]), float(number.removesuffix(unit)) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def rows_ranges(instance, setup, rows):
    """P8: an instance of bench.py, with a worker; a busy picture makes segments of some MB. On S3 the other side is the store
    itself, by an address that is signed once, and no goal is set: the server fetches what it hands out."""
    with tempfile.TemporaryDirectory() as top:
        clip = Path(top, "busy.mp4")
        lib.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=12,noise=alls=40:allf=t", "-f", "lavfi", "-i",
                   "sine=d=12", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "8M", "-minrate", "8M", "-maxrate", "8M",
                   "-bufsize", "8M", "-g", "60", "-bf", "0", "-pix_fmt", "yuv420p", "-c:a", "aac", clip)
        path = largest_segment(instance, clip)
        if setup.name != "embedded":
            port, signed = setup.largest_segment(instance)
            rows += beside(instance, path, "the store itself", port, signed, setup.said, (None, None, None))
            return
        status, content = instance.call("GET", path)
        if status != 200 or len(content) < 1_200_000:
            sys.exit(f"no large segment: {status}, {len(content)} bytes")
        Path(top).chmod(0o755)
        nginx = Nginx(tempfile.mkdtemp(dir=top))
        (nginx.folder / "files/segment.m4s").write_bytes(content)
        try:
            rows += beside(instance, path, "nginx", nginx.port, "/segment.m4s", "", (">= 0.7", ">= 0.5", 2))
        finally:
            nginx.stop()


def beside(instance, path, name, port, their_path, said, goals):
    """Ranges of a segment, ours and another server's in turns; goals: speed of small ones, of large ones, p99."""
    rows, (small, large, most) = [], goals
    for what, size, goal in (("64 KiB", 65_536, small), ("1 MiB", 1_048_576, large)):
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(wrk(instance.port, path, 1000, 999 + size))
            theirs.append(wrk(port, their_path, 1000, 999 + size))
        rate, slow = (statistics.median(column) for column in zip(*ours))
        their_rate, their_slow = (statistics.median(column) for column in zip(*theirs))
        rows += [
            (f"P8 ranges of {what}{said}: requests/s, ours / {name}", "x", goal, rate / their_rate),
            (f"P8 ranges of {what}{said}: p99, ours / {name}", "x", most, slow / their_slow),
            (f"P8 ranges of {what}{said}: ours", "requests/s", None, rate),
            (f"P8 ranges of {what}{said}: {name}", "requests/s", None, their_rate),
        ]
    return rows


def uploaded(instance, clip):
    """The id of a fresh update with this recording, playable."""
    instance.upload(clip)
    return instance.api("GET", f"/teams/{instance.team}/updates?limit=1")["items"][0]["id"]


def largest_segment(instance, clip):
    """The address of the largest segment of a fresh update, as a player would ask for it."""
    update = uploaded(instance, clip)
    url = instance.api("GET", f"/updates/{update}")["media"]["hls_url"]
    names = [line for line in instance.call("GET", url)[1].decode().splitlines() if line and not line.startswith("#")]
    base = url.rpartition("/")[0]
    found = []
    for name in names:
        inner = f"{base}/{name}"
        for line in instance.call("GET", inner)[1].decode().splitlines():
            if line and not line.startswith("#"):
                address = f"{inner.rpartition('/')[0]}/{line}"
                found.append((len(instance.call("GET", address)[1]), address))
    return max(found)[1]
