"""Memory is bounded: a recording of two hours and an upload of 4 GB take no more of it than short ones.

Most memory (VmHWM) of server, worker and media child, each time in an instance of its own: one minute and two hours of the same
small picture and sound, as a file that is copied and one that is encoded; 16 MB and 4 GB, of which all but a short clip is
noise in an element that players leave out. Without a speech model. The larger one may take --most times the memory of the short
one, or 24 MB more.

usage: memory.py [--programs FOLDER] [--minutes 120] [--gigabytes 4.0] [--most 1.3]
"""

import sys
import tempfile
import threading
import time
from pathlib import Path

from lib import FIXTURES, Instance, Upload, check, children, ffmpeg, options, padded, peak_rss_mb

SLACK_MB = 24
PIECE = 32 * 1024 * 1024


class Watch(threading.Thread):
    """The most memory of each program while it runs."""

    def __init__(self, instance):
        super().__init__()
        self.server, self.peaks, self.over = instance.server.pid, {"server": 0, "worker": 0, "child": 0}, threading.Event()

    def note(self, name, pid):
        self.peaks[name] = max(self.peaks[name], peak_rss_mb(pid) or 0)

    def run(self):
        while not self.over.is_set():
            self.note("server", self.server)
            for worker in children(self.server):
                self.note("worker", worker)
                for child in children(worker):
                    self.note("child", child)
            time.sleep(0.02)


def recording(folder, minutes, codec):
    """A small picture that moves, and a tone."""
    seconds, ending = int(minutes * 60), "mp4" if codec == "libx264" else "mkv"
    path = Path(folder, f"{codec}-{seconds}.{ending}")
    ffmpeg("-f", "lavfi", "-i", f"testsrc2=s=64x36:r=5:d={seconds}", "-f", "lavfi", "-i", f"sine=frequency=440:r=16000:d={seconds}",
           "-c:v", codec, "-pix_fmt", "yuv420p", "-g", "20", "-c:a", "aac", "-b:a", "24k",
           *(["-preset", "ultrafast"] if codec == "libx264" else ["-q:v", "5"]), path)
    return path


def pieces_of(path):
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            yield piece


def noise(size_bytes):
    """A clip, then one element of noise; the same noise over and over, but never kept whole."""
    clip = padded((FIXTURES / "voice.webm").read_bytes(), 0, 1)
    block = padded(b"", PIECE, 7)[9:]
    head = clip[:-8] + b"\x01" + size_bytes.to_bytes(7, "big")
    yield head
    for start in range(0, size_bytes, PIECE):
        yield block[:min(PIECE, size_bytes - start)]


def sent(wanted, pieces, length):
    """The peaks while an update is sent and made ready, and the seconds that took."""
    with tempfile.TemporaryDirectory(prefix="meridian-memory-") as folder:
        instance = Instance(wanted.programs, folder)
        watch, begin = Watch(instance), time.monotonic()
        watch.start()
        try:
            upload = Upload(instance, b"")
            headers = upload.tus({"Upload-Length": str(length)})
            status, told, text = instance.call("POST", f"/api/v1/uploads?update_id={upload.update}", None, headers)
            check(status == 201, status, text)
            at = 0
            for piece in pieces:
                headers = upload.tus({"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"})
                status, _, text = instance.call("PATCH", told["location"], piece, headers, timeout=300)
                check(status == 204, status, text)
                at += len(piece)
            check(at == length, at, length)
            ended = instance.wait_ended(upload.update, 3600)
            check(ended["status"] == "ready", ended)
        finally:
            watch.over.set()
            watch.join()
            instance.kill()
    return watch.peaks, time.monotonic() - begin


def compare(wanted, what, short, long):
    """Whether the long one stays within its bound."""
    (small, _), (large, seconds) = short, long
    told, fine = [], True
    for name in small:
        ratio = large[name] / max(small[name], 1)
        fine = fine and (ratio <= wanted.most or large[name] - small[name] <= SLACK_MB)
        told.append(f"{name} {small[name]:.0f} -> {large[name]:.0f} MB (x{ratio:.2f})")
    print(f"memory: {what}: {', '.join(told)}; {seconds:.0f} s{'' if fine else '  TOO MUCH'}", flush=True)
    return fine


def main():
    wanted = options(__doc__, minutes=120.0, gigabytes=4.0, most=1.3)
    fine = True
    with tempfile.TemporaryDirectory(prefix="meridian-sources-") as folder:
        for what, codec in (("copied", "libx264"), ("encoded", "mpeg4")):
            files = [recording(folder, minutes, codec) for minutes in (1, wanted.minutes)]
            both = [sent(wanted, pieces_of(file), file.stat().st_size) for file in files]
            fine = compare(wanted, f"{what}, 1 and {wanted.minutes:.0f} minutes", *both) and fine
    head = len(next(noise(0)))
    both = [sent(wanted, noise(size), head + size) for size in (16 * 1024 * 1024, int(wanted.gigabytes * 1024**3))]
    fine = compare(wanted, f"16 MB and {wanted.gigabytes:.0f} GB", *both) and fine
    sys.exit(0 if fine else 1)


main()
