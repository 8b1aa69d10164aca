"""Measures programs beside one ffmpeg command with the same outputs, in turns, in the same run; and two browsers.

usage: bench.py FOLDER_OF_PROGRAMS RESULTS_FILE [--setup postgres] [PART...]; parts: idle, browsers, files, live,
talk, speech, uploads, ranges, search, feed, streams, workers, pages; all of them without any. With `--setup postgres`: PostgreSQL
and SeaweedFS (S3) in place of the file and the folder, for uploads, ranges, search, feed, streams and workers.
Rows of other parts stay in the results as they are. The instance it starts has a data folder of its own and no speech
model, so that only media is measured; the talk (P2) has one of its own. Recordings: MERIDIAN_SHARED or ../shared where
present, else the tests' own.
"""

import http.client
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import bench_bytes
import bench_feed
import bench_live
import bench_pages
import bench_search
import bench_setup
import bench_speech
import bench_streams
import bench_workers

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
ROUNDS = 3
BROWSER_ROUNDS = 11
IDLE_S = 30
BOTH = ("uploads", "ranges", "search", "feed", "streams", "workers")
PARTS = {"embedded": ("idle", "browsers", "files", "live", "talk", "speech", *BOTH, "pages"), "postgres": BOTH}


def stat(pid):
    """The fields of /proc/PID/stat after the name."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def own_cpu(pid):
    return sum(int(field) for field in stat(pid)[11:13]) / TICKS


def ended_children_cpu(pid):
    return sum(int(field) for field in stat(pid)[13:15]) / TICKS


def rss_mb(pid):
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def children(pid):
    found = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found.update(int(child) for child in (task / "children").read_text().split())
        except OSError:
            continue
    return found


class Instance:
    """A server with its worker."""

    def __init__(self, programs, folder, models=None, more=None):
        self.folder, self.env = folder, more or {}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        if models is None:
            models = Path(folder, "no-models")
            models.mkdir()
        env = {
            "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "MERIDIAN_LISTEN": f"127.0.0.1:{self.port}",
            "MERIDIAN_DATA_DIR": folder, "MERIDIAN_MODEL_DIR": str(models), "MERIDIAN_LOG": "warn",
            "MERIDIAN_SIGNUP": "open", **self.env,
        }
        begin = time.monotonic()
        log = open(Path(folder, "log"), "w")
        self.server = subprocess.Popen([programs / "meridian-server", "serve"], env=env, stdout=log, stderr=log)
        while True:
            try:
                if self.call("GET", "/readyz")[0] == 200:
                    break
            except OSError:
                pass
            if self.server.poll() is not None or time.monotonic() - begin > 30:
                sys.exit(f"the server did not start: {Path(folder, 'log').read_text()}")
            time.sleep(0.005)
        self.start_s = time.monotonic() - begin
        account = {"email": "a@bench.example", "password": "correct horse battery", "display_name": "A", "time_zone": "UTC",
                   "workspace_name": "Bench"}
        made = self.api("POST", "/auth/signup", account, token=None)
        self.token = made["access_token"]
        self.team = self.api("POST", f"/workspaces/{made['workspace']['id']}/teams", {"name": "Bench"})["id"]
        self.worker = self.worker_pid()

    def worker_pid(self):
        for _ in range(100):
            for pid in children(self.server.pid):
                if b"meridian-worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return pid
            time.sleep(0.1)
        sys.exit("the server has no worker")

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def api(self, method, path, body=None, token=""):
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        status, text = self.call(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
        if status >= 300:
            sys.exit(f"{method} {path}: {status} {text.decode()}")
        return json.loads(text)

    def upload(self, file):
        """Seconds from the last byte to playable; wall and CPU seconds of the media child that makes all that is needed to
        watch; CPU seconds of all children, with the smaller rendition that is made when nobody waits."""
        update = self.api("POST", f"/teams/{self.team}/updates", {"kind": "video", "title": file.name})["id"]
        cpu, walls, firsts, over = ended_children_cpu(self.worker), [], [], threading.Event()
        watching = threading.Thread(target=self.watch_children, args=(walls, firsts, over))
        watching.start()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest("POST", f"/api/v1/uploads?update_id={update}")
        size = file.stat().st_size
        for name, value in (("Authorization", f"Bearer {self.token}"), ("Tus-Resumable", "1.0.0"), ("Upload-Length", size),
                            ("Content-Length", size), ("Content-Type", "application/offset+octet-stream")):
            connection.putheader(name, str(value))
        connection.endheaders()
        connection.send(file.read_bytes())
        sent = time.monotonic()
        if connection.getresponse().status != 201:
            sys.exit(f"{file} was not taken")
        while (status := self.api("GET", f"/updates/{update}")["status"]) not in ("playable", "ready"):
            if status == "failed" or time.monotonic() - sent > 300:
                sys.exit(f"{file}: {status}")
            time.sleep(0.02)
        playable = time.monotonic() - sent
        # The media is done when no child has been there for a second.
        while not walls or time.monotonic() - walls[-1] < 1:
            time.sleep(0.1)
        over.set()
        watching.join()
        return playable, firsts[-1] - walls[0], self.first_cpu - cpu, ended_children_cpu(self.worker) - cpu

    def ended_children_cpu(self):
        return ended_children_cpu(self.worker)

    def worker_cpu(self):
        """CPU seconds of the worker and of its children that ended."""
        return own_cpu(self.worker) + ended_children_cpu(self.worker)

    def get(self, path):
        """What GET answers, whatever its status."""
        status, text = self.call("GET", f"/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"})
        return status, json.loads(text)

    def settle(self):
        """Returns when no media child has been there for a second."""
        seen = time.monotonic()
        while time.monotonic() - seen < 1:
            if children(self.worker):
                seen = time.monotonic()
            time.sleep(0.05)

    def words(self, update):
        """How many words of an update are recognised."""
        told = self.api("GET", f"/updates/{update}/transcript?partial=true")
        return sum(len(segment["text"].split()) for segment in told["segments"])

    def watch_children(self, seen, firsts, over):
        """Notes when a media child was there, when the first of them was, and what was used when that one had ended."""
        first, self.first_cpu = None, None
        while not over.is_set():
            there, now = children(self.worker), time.monotonic()
            first = first or next(iter(there), None)
            if there:
                seen.append(now)
            if first in there:
                firsts.append(now)
            elif first is not None and self.first_cpu is None:
                self.first_cpu = ended_children_cpu(self.worker)
            time.sleep(0.01)

    def stop(self):
        self.server.terminate()
        self.server.wait(40)


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *map(str, arguments)], check=True)


def timed_ffmpeg(*arguments):
    """Wall and CPU seconds."""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    begin, cpu = time.monotonic(), used()
    ffmpeg(*arguments)
    return time.monotonic() - begin, used() - cpu


def hls(folder):
    return ["-f", "hls", "-hls_time", "6", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
            "-hls_segment_filename", f"{folder}/%v_%d.m4s"]


def ladder(file, folder, height):
    """What the worker makes of a video that cannot be copied: x264 at 720p or the source's height, and 360p; AAC."""
    tops = [height for height in (min(height, 720), 360) if height >= 360]
    heights = sorted(set(tops), reverse=True) or [height]
    split = f"[0:v]split={len(heights)}" + "".join(f"[s{i}]" for i in range(len(heights)))
    scale = "".join(f";[s{i}]scale=-2:{wanted}[v{i}]" for i, wanted in enumerate(heights))
    maps = [part for i in range(len(heights)) for part in ("-map", f"[v{i}]")]
    streams = " ".join(f"v:{i}" for i in range(len(heights))) + " a:0"
    x264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-bf", "0", "-sc_threshold", "0",
            "-force_key_frames", "expr:gte(t,n_forced*6)", "-pix_fmt", "yuv420p", "-threads", "2", "-fps_mode", "vfr"]
    return ["-i", file, "-filter_complex", split + scale, *maps, "-map", "0:a", *x264, "-c:a", "aac", "-b:a", "96k",
            "-var_stream_map", streams, *hls(folder), f"{folder}/%v.m3u8"]


def remux(file, folder):
    return ["-i", file, "-c", "copy", *hls(folder), f"{folder}/all.m3u8"]


def recordings(folder):
    shared = Path(os.environ.get("MERIDIAN_SHARED", ROOT.parent / "shared")) / "media/recordings"
    own = ROOT / "tests/fixtures/media"
    webm = Path(folder, "two-minutes-720p-vp9.webm")
    long = shared / "long-2min.webm"
    # A browser's two minutes, or the fixture over and over, as large as a screen is recorded.
    ffmpeg(*(["-i", long] if long.exists() else ["-stream_loop", 50, "-i", own / "spoken-update.webm"]), "-t", 120, "-vf",
           "scale=1280:720", "-fps_mode", "vfr", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", 8, "-row-mt", 1,
           "-b:v", "1500k", "-c:a", "libopus", webm)
    mp4 = Path(folder, "ten-minutes.mp4")
    # The fixture over and over, for ten minutes.
    ffmpeg("-stream_loop", 99, "-i", own / "moov-at-end.mp4", "-c", "copy", "-t", 600, mp4)
    return mp4, webm


def installed_models():
    """The folder that `model fetch` fills, with the usual weights in it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME", "/"), ".cache"))
    folder = Path(os.environ.get("MERIDIAN_MODEL_DIR") or cache / "meridian/models")
    return folder if (folder / "ggml-base-q8_0.bin").is_file() else None


def height_of(file):
    told = subprocess.check_output(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=height",
                                    "-of", "csv=p=0", file], text=True)
    return int(told)


def in_turns(instance, file, command):
    """Medians of ours (playable, wall, CPU) and of the command (wall, CPU)."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(instance.upload(file))
        with tempfile.TemporaryDirectory() as out:
            theirs.append(timed_ffmpeg(*command(out)))
    return [statistics.median(column) for column in zip(*ours)], [statistics.median(column) for column in zip(*theirs)]


def idle(instance, rows):
    # What start-up leaves behind settles first.
    time.sleep(5)
    before, begin = own_cpu(instance.server.pid), time.monotonic()
    worker_before = own_cpu(instance.worker)
    time.sleep(IDLE_S)
    share = 100 / (time.monotonic() - begin)
    rows += [
        ("P12 start to ready", "s", 0.5, instance.start_s),
        ("P12 server, idle", "MB", 40, rss_mb(instance.server.pid)),
        ("P12 server, idle", "% of a core", 0.5, (own_cpu(instance.server.pid) - before) * share),
        ("P12 worker before its first job", "MB", 60, rss_mb(instance.worker)),
        ("P12 worker, idle", "% of a core", None, (own_cpu(instance.worker) - worker_before) * share),
    ]


def browsers(instance, rows):
    """P1: two Chromiums on this machine, one records (camera, 720p, shared live), the other watches."""
    with tempfile.TemporaryDirectory() as folder:
        script = ROOT / "tests/browser/recorder-bench.mjs"
        told = subprocess.run(["node", script, f"http://127.0.0.1:{instance.port}", folder, str(BROWSER_ROUNDS), "12"],
                              stdout=subprocess.PIPE, text=True, check=True).stdout
    stages = json.loads(told.strip().splitlines()[-1])["stages"]
    seconds = {name: {part: figure / 1000 for part, figure in parts.items()} for name, parts in stages.items()}
    rows += [
        ("P1 Stop to the last 2 s elsewhere, p50", "s", 1, seconds["total"]["p50"]),
        ("P1 the same, p95", "s", 2, seconds["total"]["p95"]),
        ("P1 a live viewer is behind by, p95", "s", 6, seconds["live_behind"]["p95"]),
    ]
    names = {"recorder": "the browser hands out the last piece", "upload": "the server has it",
             "processing": "the list ends", "player": "the picture is shown"}
    rows += [(f"P1 until {name}, p50", "s", None, seconds[stage]["p50"]) for stage, name in names.items()]


def rows_files(instance, mp4, webm, rows):
    """P3 and P4: whole files, beside ffmpeg."""
    (playable, wall, cpu, all_cpu), (their_wall, their_cpu) = in_turns(instance, mp4, lambda out: remux(mp4, out))
    rows += [
        ("P3 H.264 MP4, 10 min: last byte to playable", "s", 1, playable),
        ("P3 CPU of the media child", "s", 2.5, cpu),
        ("P3 CPU with the 360p rendition made later, niced", "s", None, all_cpu),
        ("P3 CPU of an ffmpeg remux", "s", None, their_cpu),
    ]
    height = height_of(webm)
    (playable, wall, cpu, _), (their_wall, their_cpu) = in_turns(instance, webm, lambda out: ladder(webm, out, height))
    rows += [
        (f"P4 {webm.name}, {height}p: last byte to playable", "s", 3, playable),
        ("P4 wall, ours / ffmpeg", "x", 1, wall / their_wall),
        ("P4 CPU, ours / ffmpeg", "x", 1, cpu / their_cpu),
        ("P4 wall of the media child", "s", None, wall),
        ("P4 CPU of the media child", "s", None, cpu),
        ("P4 wall of ffmpeg", "s", None, their_wall),
        ("P4 CPU of ffmpeg", "s", None, their_cpu),
    ]


def measure(programs, parts, setup):
    """The rows of the wanted parts."""
    rows = []
    if setup.name == "embedded":
        media_rows(programs, parts, rows)
    if "ranges" in parts:
        with tempfile.TemporaryDirectory() as folder:
            instance = Instance(programs, folder, more=setup.env())
            try:
                bench_bytes.rows_ranges(instance, setup, rows)
            finally:
                instance.stop()
    more = {"uploads": bench_bytes.rows_uploads, "search": bench_search.rows_search, "feed": bench_feed.rows_feed,
            "streams": bench_streams.rows_streams, "workers": bench_workers.rows_workers}
    for part, made in more.items():
        if part in parts:
            made(programs, setup, rows)
    if "pages" in parts:
        with tempfile.TemporaryDirectory() as folder:
            instance = Instance(programs, folder)
            try:
                bench_pages.rows_pages(instance, rows)
            finally:
                instance.stop()
    return rows


def media_rows(programs, parts, rows):
    """What is the same whatever keeps it: recordings, browsers, speech."""
    media = Path(os.environ.get("MERIDIAN_SHARED", ROOT.parent / "shared")) / "media"
    if not set(parts) & {"idle", "browsers", "files", "live"}:
        speech_rows(programs, parts, media, rows)
        return
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as sources:
        instance = Instance(programs, folder)
        try:
            if "idle" in parts:
                idle(instance, rows)
            if "browsers" in parts:
                browsers(instance, rows)
            if "files" in parts:
                rows_files(instance, *recordings(sources), rows)
            if "live" in parts:
                bench_live.rows_p1(instance, media / "recordings", rows)
        finally:
            instance.stop()
    speech_rows(programs, parts, media, rows)


def speech_rows(programs, parts, media, rows):
    """With the usual weights, where they are."""
    models, talk = installed_models(), media / "speech/talk-long.flac"
    if "talk" in parts and models is not None and talk.exists():
        with tempfile.TemporaryDirectory() as data:
            instance = Instance(programs, data, models)
            try:
                bench_live.rows_p2(instance, talk, rows)
            finally:
                instance.stop()
    if "speech" in parts and models is not None and talk.exists():
        with tempfile.TemporaryDirectory() as data:
            instance = Instance(programs, data, models)
            try:
                bench_speech.rows_speech(instance, talk, media / "recordings/long-2min.webm", ladder, rows)
            finally:
                instance.stop()


def judged(goal, figure):
    """The goal in words, and whether a figure meets it. A number is the most that it may be; ">= 0.7" the least."""
    if goal is None:
        return "", True
    if isinstance(goal, str):
        return goal, figure >= float(goal.removeprefix(">= "))
    return f"<= {goal}", figure <= goal


def report(rows, results, keep):
    """Prints the rows and writes them; `keep`: beside those of earlier runs."""
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}, medians of {ROUNDS}")
    told = json.loads(results.read_text())["rows"] if keep and results.exists() else []
    measured = {what for what, *_ in rows}
    told = [row for row in told if row["what"] not in measured]
    for what, unit, goal, figure in rows:
        wanted, met = judged(goal, figure)
        verdict = "" if goal is None else "met" if met else "missed"
        print(f"{what:52} {wanted:>8} {figure:9.2f} {unit:12} {verdict}")
        told.append({"what": what, "unit": unit, "goal": goal, "figure": round(figure, 3), "verdict": verdict or None,
                     "load": round(load, 1)})
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps({"cores": os.cpu_count(), "rows": told}, indent=1) + "\n")


def main():
    programs, results = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    wanted = sys.argv[3:]
    name = "embedded"
    if "--setup" in wanted:
        at = wanted.index("--setup")
        name = next(iter(wanted[at + 1:]), None)
        del wanted[at:at + 2]
    if name not in PARTS:
        sys.exit(f"no such set-up: {name}; there are {', '.join(PARTS)}")
    parts = wanted or PARTS[name]
    if unknown := set(parts) - set(PARTS[name]):
        sys.exit(f"no such part of {name}: {', '.join(sorted(unknown))}; there are {', '.join(PARTS[name])}")
    setup = bench_setup.begin(name)
    try:
        report(measure(programs, parts, setup), results, keep=len(sys.argv) > 3)
    finally:
        setup.stop()


if __name__ == "__main__":
    main()
