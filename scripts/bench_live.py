"""Live recordings for bench.py: sent with their own pacing, watched as a player would.

Delays are counted from what the recorder shows: a chunk that it hands over at 3.0 s holds the media up to 3.0 s.
"""

import http.client
import json
import re
import statistics
import subprocess
import threading
import time
from pathlib import Path


class Recorder:
    """Sends a recording as tus with a length that is told at the end."""

    def __init__(self, instance, title):
        self.instance = instance
        self.update = instance.api("POST", f"/teams/{instance.team}/updates", {"kind": "video", "title": title})["id"]
        self.headers = {"Authorization": f"Bearer {instance.token}", "Tus-Resumable": "1.0.0"}
        self.offset = 0
        self.connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=60)
        answer = self.send("POST", f"/api/v1/uploads?update_id={self.update}", {"Upload-Defer-Length": "1"})
        self.url = answer.getheader("Location").partition(f":{instance.port}")[2] or answer.getheader("Location")

    def send(self, method, path, headers, body=b""):
        self.connection.request(method, path, body=body, headers=self.headers | headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status}")
        return answer

    def chunk(self, body):
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(self.offset)}
        self.send("PATCH", self.url, kind, body)
        self.offset += len(body)

    def stop(self):
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(self.offset),
                "Upload-Length": str(self.offset)}
        self.send("PATCH", self.url, kind)


class Viewer:
    """Looks at the playlist ten times a second and notes when each segment was first listed."""

    def __init__(self, instance, update, begin):
        self.instance, self.update, self.begin = instance, update, begin
        self.seen, self.ended_at, self.over = [], None, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        while not self.over.is_set():
            self.look()
            time.sleep(0.1)

    def look(self):
        url = self.instance.api("GET", f"/updates/{self.update}")["media"]["hls_url"]
        if url is None:
            return
        status, master = self.instance.call("GET", url)
        names = [line for line in master.decode().splitlines() if line and not line.startswith("#")]
        if status != 200 or not names:
            return
        text = self.instance.call("GET", f"{url.rpartition('/')[0]}/{names[0]}")[1].decode()
        lengths = [float(length) for length in re.findall(r"#EXTINF:([0-9.]+)", text)]
        now = time.monotonic() - self.begin
        for index in range(len(self.seen), len(lengths)):
            self.seen.append((now, sum(lengths[:index + 1])))
        if "#EXT-X-ENDLIST" in text and self.ended_at is None:
            self.ended_at = now

    def stop(self):
        self.over.set()
        self.thread.join()


def paced(instance, folder):
    """Figures of one live recording: first segment, lag of the list behind the recorder, Stop to the last segment."""
    times = json.loads((folder / "times.json").read_text())
    recorder = Recorder(instance, folder.name)
    begin = time.monotonic()
    viewer = Viewer(instance, recorder.update, begin)
    for chunk in times:
        time.sleep(max(0, begin + chunk["at_ms"] / 1000 - time.monotonic()))
        recorder.chunk((folder / f"{chunk['i']:04}.part").read_bytes())
    recorder.stop()
    stopped = time.monotonic() - begin
    while viewer.ended_at is None and time.monotonic() - begin < stopped + 60:
        time.sleep(0.02)
    viewer.stop()
    while instance.api("GET", f"/updates/{recorder.update}")["status"] not in ("ready", "failed"):
        time.sleep(0.1)
    ends = [0.0] + [end for _, end in viewer.seen]
    shown = [at for at, _ in viewer.seen] + [viewer.ended_at]
    # The list's end just before it grows is as old as it gets.
    lags = [at - end for at, end in zip(shown, ends) if at <= stopped]
    return viewer.seen[0][0], max(lags[1:]), viewer.ended_at - stopped


def rows_p1(instance, recordings, rows):
    """Live processing without browsers, and its CPU beside that of the same file afterwards."""
    firsts, lags, stops, ratios = [], [], [], []
    for folder in sorted(recordings.glob("live-h264-*.chunks")):
        before = instance.ended_children_cpu()
        first, lag, stop = paced(instance, folder)
        instance.settle()
        live_cpu = instance.ended_children_cpu() - before
        _, _, _, file_cpu = instance.upload(folder.with_suffix(".webm"))
        firsts.append(first), lags.append(lag), stops.append(stop), ratios.append(live_cpu / file_cpu)
    if not firsts:
        return
    rows += [
        ("P1 live: recording's start to its first segment", "s", None, max(firsts)),
        ("P1 live: list's end behind the recorder, at most", "s", 6, max(lags)),
        ("P1 Stop to the whole list, server side, median", "s", 1, statistics.median(stops)),
        ("P1 Stop to the whole list, server side, at most", "s", 2, max(stops)),
        ("P1 CPU of live processing / of the same file", "x", 1.25, statistics.median(ratios)),
    ]


class Reader:
    """Reads the transcript twice a second as it grows, and notes how old each line was when it came."""

    def __init__(self, instance, update, begin):
        self.instance, self.update, self.begin = instance, update, begin
        self.ages, self.lines, self.over = [], 0, threading.Event()
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        while not self.over.wait(0.5):
            status, told = self.instance.get(f"/updates/{self.update}/transcript?partial=true")
            if status != 200:
                continue
            now = time.monotonic() - self.begin
            lines = told["segments"]
            if len(lines) > self.lines:
                # Lines come by the window: its last one is what somebody waited for the least.
                self.ages.append(now - lines[-1]["end_ms"] / 1000)
                self.lines = len(lines)

    def stop(self):
        self.over.set()
        self.thread.join()
        return self.ages


def heard(instance, update):
    """Seconds until an update's transcript is settled."""
    begin = time.monotonic()
    while instance.api("GET", f"/updates/{update}")["transcript"]["status"] in ("pending", "running"):
        time.sleep(0.1)
    return time.monotonic() - begin


def rows_p2(instance, talk, rows):
    """A talk is spoken as long as it lasts, then Stop to its whole transcript; then the same as a file."""
    # One chunk a second, as a recorder hands them over.
    webm = Path(instance.folder, "talk.webm")
    subprocess.run(["ffmpeg", "-v", "error", "-i", talk, "-c:a", "libopus", "-cluster_time_limit", "1000", webm], check=True)
    body = webm.read_bytes()
    seconds = float(subprocess.check_output(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0",
                                             webm], text=True))
    recorder = Recorder(instance, "talk")
    cpu = instance.worker_cpu()
    begin, piece = time.monotonic(), int(len(body) / seconds) + 1
    reader = Reader(instance, recorder.update, begin)
    for index, start in enumerate(range(0, len(body), piece)):
        time.sleep(max(0, begin + index + 1 - time.monotonic()))
        recorder.chunk(body[start:start + piece])
    ages = sorted(reader.stop())
    words_early = instance.words(recorder.update)
    recorder.stop()
    live_s = heard(instance, recorder.update)
    instance.settle()
    live_cpu, cpu = instance.worker_cpu() - cpu, instance.worker_cpu()
    begin = time.monotonic()
    file = Recorder(instance, "talk, as a file")
    file.chunk(body)
    file.stop()
    file_s = heard(instance, file.update)
    instance.settle()
    file_cpu = instance.worker_cpu() - cpu
    words = max(1, instance.words(recorder.update))
    rows += [
        (f"P2 talk of {seconds:.0f} s: Stop to its whole transcript", "s", 10, live_s),
        ("P2 the same as a file: last byte to its transcript", "s", None, file_s),
        ("P2 words that were there at Stop", "%", None, 100 * words_early / words),
        ("P2 a line is there after its last word, median", "s", None, statistics.median(ages)),
        ("P2 the same, at most", "s", None, ages[-1]),
        ("P2 CPU of the worker, live / as a file", "x", 1.25, live_cpu / file_cpu),
        ("P2 CPU of the worker, as a file", "s", None, file_cpu),
        ("P2 words, live / as a file", "x", None, words / max(1, instance.words(file.update))),
    ]
