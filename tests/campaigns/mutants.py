"""Damaged copies of good recordings go through the whole system: each ends ready or failed with words, none is stuck, and
the API answers meanwhile.

Bytes are flipped, cut out, doubled, zeroed, moved and cut off, by a seed. While they are processed the same requests are
measured as before on the idle instance. The ratio of the slowest hundredth is printed and has to stay under --ratio; it says
something on a release build and a quiet machine.

usage: mutants.py [--programs FOLDER] [--seed N] [--count 200] [--ratio 0 (not judged)]
"""

import collections
import json
import random
import sys
import tempfile
import threading
import time

from lib import FIXTURES, Broken, Instance, Upload, check, options, quantile, shared_media

LARGEST = 1_200_000
IDLE_S = 10


def sources():
    """Good files, small ones."""
    files = [path for path in sorted(FIXTURES.iterdir()) if path.suffix in (".mp4", ".webm")]
    media = shared_media()
    if media is None:
        print("left out: no larger collection of recordings (MERIDIAN_SHARED); only the tests' own are changed")
    else:
        kinds = (".mp4", ".webm", ".mov", ".mkv", ".3gp", ".avi", ".ts", ".mp3", ".m4a", ".flac", ".wav", ".opus", ".flv")
        for folder in ("media", "recordings", "hostile"):
            files += [path for path in sorted((media / folder).iterdir()) if path.suffix.lower() in kinds]
    return [path for path in files if 1000 < path.stat().st_size < LARGEST]


def flip(content, chance):
    for _ in range(chance.choice([1, 5, 50, 500])):
        content[chance.randrange(len(content))] = chance.randrange(256)


def flip_in_front(content, chance):
    for _ in range(chance.choice([1, 4, 20])):
        content[chance.randrange(min(len(content), 4096))] ^= 1 << chance.randrange(8)


def zero(content, chance):
    at, size = chance.randrange(len(content)), chance.randrange(1, 20_000)
    content[at:at + size] = bytes(len(content[at:at + size]))


def cut_out(content, chance):
    at = chance.randrange(len(content))
    del content[at:at + chance.randrange(1, 50_000)]


def cut_off(content, chance):
    del content[chance.randrange(len(content)):]


def double(content, chance):
    at, size = chance.randrange(len(content)), chance.randrange(1, 50_000)
    content[at:at] = content[at:at + size]


def move(content, chance):
    at, to, size = (chance.randrange(1, len(content)) for _ in range(3))
    piece = content[at:at + size]
    del content[at:at + size]
    content[to:to] = piece


def large_numbers(content, chance):
    """Lengths and counts that lie."""
    for _ in range(chance.choice([1, 3, 10])):
        at = chance.randrange(min(len(content), 20_000))
        content[at:at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00", b"\x80\x00\x00\x01"])


CHANGES = (flip, flip_in_front, zero, cut_out, cut_off, double, move, large_numbers)


def mutant(files, seed):
    """Name and bytes."""
    chance = random.Random(seed)
    path = chance.choice(files)
    content = bytearray(path.read_bytes())
    names = []
    for _ in range(chance.choice([1, 1, 2])):
        change = chance.choice(CHANGES)
        if len(content) > 8:
            change(content, chance)
            names.append(change.__name__)
    return f"{seed} {path.name} {' '.join(names)}", bytes(content) or b"\0"


class Asker(threading.Thread):
    """What people ask for, over and over; the seconds that each answer took."""

    def __init__(self, instance, paths):
        super().__init__()
        self.instance, self.paths, self.over, self.seconds, self.wrong = instance, paths, threading.Event(), [], None

    def run(self):
        while not self.over.is_set():
            for path in self.paths:
                begin = time.monotonic()
                try:
                    status, _ = self.instance.try_api("GET", path)
                    if status != 200:
                        self.wrong = f"{path}: {status}"
                except Broken as error:
                    self.wrong = f"{path}: {error}"
                self.seconds.append(time.monotonic() - begin)
                time.sleep(0.02)


def measured(instance, paths, act):
    asker = Asker(instance, paths)
    asker.start()
    try:
        act()
    finally:
        asker.over.set()
        asker.join()
    check(asker.wrong is None, "the API failed meanwhile:", asker.wrong)
    return asker.seconds


def main():
    wanted = options(__doc__, count=200, ratio=0.0)
    begin, files = time.monotonic(), sources()
    with tempfile.TemporaryDirectory(prefix="meridian-mutants-") as folder:
        instance = Instance(wanted.programs, folder)
        try:
            good = Upload(instance, (FIXTURES / "voice.webm").read_bytes(), "good")
            check(good.create()[0] == 201, "not created")
            good.finish()
            check(instance.wait_ended(good.update)["status"] == "ready", "the good one")
            paths = ("/me", f"/updates/{good.update}", f"/teams/{instance.team}/updates")
            time.sleep(2)
            idle = measured(instance, paths, lambda: time.sleep(IDLE_S))
            ended, words = collections.Counter(), collections.Counter()

            def send():
                sent = []
                for n in range(wanted.count):
                    name, content = mutant(files, wanted.seed * 100_000 + n)
                    upload = Upload(instance, content, name)
                    check(upload.create()[0] == 201, "not created", name)
                    while upload.acknowledged < len(content):
                        status, text = upload.send(400_000)
                        if status == 415:
                            break
                        check(status == 204, name, status, text)
                    sent.append((name, upload))
                for name, upload in sent:
                    told = instance.wait_ended(upload.update, 900)
                    ended[told["status"]] += 1
                    if told["status"] == "failed":
                        words[told["failure"]["code"]] += 1
                        check(len(told["failure"]["detail"]) > 20 and "/" not in told["failure"]["detail"].split("http")[0][:3],
                              name, told["failure"])

            busy = measured(instance, paths, send)
            check(instance.wait_ended(good.update)["status"] == "ready", "the good one was harmed")
            check(sum(ended.values()) == wanted.count, "some did not end")
        finally:
            instance.kill()
    calm, loaded = quantile(idle, 0.99) * 1000, quantile(busy, 0.99) * 1000
    print(f"mutants: {wanted.count} of {len(files)} files, {json.dumps(ended)}, reasons {json.dumps(words)}; API p50 "
          f"{quantile(idle, 0.5) * 1000:.1f} idle and {quantile(busy, 0.5) * 1000:.1f} ms, p99 {calm:.1f} idle and {loaded:.1f} ms "
          f"(x{loaded / calm:.2f}); {time.monotonic() - begin:.0f} s")
    sys.exit(1 if wanted.ratio and loaded > calm * wanted.ratio else 0)


main()
