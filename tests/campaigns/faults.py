"""System calls of the server fail, or are where it is killed, one after the other, while an upload is sent.

For each call of the list and each error: the first call of each thread fails, then the second, and so on until none is left.
The server answers 5xx with a code, never a wrong 204; the offset never tells more than is on the disk; the upload goes on
where it was and ends whole. A full disk is told as 507.

usage: faults.py [--programs FOLDER] [--seed N] [--most 40] [--step 1]
"""

import collections
import itertools
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lib import FIXTURES, Broken, Instance, Upload, check, options, padded

# Parts are written with `writev`; an error of `write` hits the runtime's own wake-ups, and a kill there comes anywhere.
CALLS = ("openat", "write", "writev", "pwrite64", "fsync", "fdatasync", "mkdir", "rename,renameat2,link,linkat", "ftruncate", "fstat,statx",
         "read", "pread64", "statfs", "unlink,unlinkat")
FAULTS = ("error=EIO", "error=ENOSPC", "signal=SIGKILL")
SIZE = 1_300_000
PIECES = (1_000, 300_000, 999_999)
# What a request may answer when something below fails.
NAMED = {500: "internal", 503: "overloaded", 507: "no_space"}


class Tracer:
    """strace on a running server."""

    def __init__(self, pid, calls, fault, when):
        self.trace = tempfile.NamedTemporaryFile("r", prefix="meridian-trace-")
        self.strace = subprocess.Popen(["strace", "-f", "-qq", "-y", "-o", self.trace.name, "-e", f"trace={calls}", "-e",
                                        f"inject={calls}:{fault}:when={when}", "-p", str(pid)], stderr=subprocess.DEVNULL)
        self.struck = None
        while "TracerPid:\t0" in Path(f"/proc/{pid}/status").read_text():
            check(self.strace.poll() is None, "strace may not trace here")
            time.sleep(0.005)

    def end(self):
        """Nothing fails any more. Lines of calls that were made to fail."""
        if self.struck is not None:
            return self.struck
        if self.strace.poll() is None:
            self.strace.send_signal(signal.SIGINT)
        self.strace.wait()
        self.struck = [line for line in self.trace.read().splitlines() if "INJECTED" in line or "killed by SIGKILL" in line]
        self.trace.close()
        return self.struck


def attempt(instance, told, act):
    """One request under a fault: what it answered, None for a fault that was told as it should be."""
    try:
        status, text = act()
    except Broken:
        told["broken off"] += 1
        time.sleep(0.05)
        if instance.server.poll() is not None:
            instance.start()
        return None
    if status in NAMED:
        check(json.loads(text)["code"] == NAMED[status], status, text)
        told[str(status)] += 1
        return None
    return status


def until(instance, tracer, told, act, wanted):
    """Tries again until it is answered as wanted. Each new thread fails once more, so the fault is ended after a while."""
    for n in range(30):
        if n == 3:
            tracer.end()
        status = attempt(instance, told, act)
        if status is not None:
            check(status in wanted, "answered", status)
            return
    check(False, "it goes on failing:", instance.log()[-300:])


def asked(upload):
    """HEAD; a fault that is told has no body there."""
    status, told, _ = upload.instance.call("HEAD", upload.path, None, upload.tus())
    if status in NAMED:
        return status, json.dumps({"code": NAMED[status]})
    upload.ask()
    return status, b""


def send_all(instance, tracer, upload, told):
    """Sends it all; after each fault it starts again where the server stands."""
    sizes, failed = itertools.cycle(PIECES), 0
    while upload.acknowledged < len(upload.content):
        if attempt(instance, told, lambda: upload.send(next(sizes))) == 204:
            continue
        failed += 1
        if failed == 4:
            tracer.end()
        check(failed < 20, "it goes on failing:", instance.log()[-300:])
        until(instance, tracer, told, lambda: asked(upload), (200,))
        check(upload.on_disk() >= upload.acknowledged, "the offset is beyond what is on the disk")


def trial(instance, calls, fault, when, seed):
    """How often the fault struck, and what was answered."""
    told = collections.Counter()
    upload = Upload(instance, padded((FIXTURES / "voice.webm").read_bytes(), SIZE, seed))
    tracer = Tracer(instance.server.pid, calls, fault, when)
    try:
        # When the answer to the first was lost, the second is told where the upload is.
        until(instance, tracer, told, upload.create, (201, 409))
        check(upload.path is not None, "the upload cannot be found")
        send_all(instance, tracer, upload, told)
    finally:
        struck = tracer.end()
    check(upload.ask() == len(upload.content), "not whole")
    check(upload.on_disk() == len(upload.content), "not whole on the disk")
    instance.api("DELETE", f"/updates/{upload.update}")
    return struck, told


def main():
    wanted = options(__doc__, most=40, step=1)
    begin, chance = time.monotonic(), random.Random(wanted.seed)
    trials, total, faulty = 0, collections.Counter(), []
    with tempfile.TemporaryDirectory(prefix="meridian-faults-") as folder:
        instance = Instance(wanted.programs, folder, workers=0, env={"TOKIO_WORKER_THREADS": "1"})
        try:
            for calls, fault in itertools.product(CALLS, FAULTS):
                if calls == "write" and fault != "signal=SIGKILL":
                    continue
                here, first = collections.Counter(), chance.randrange(1, wanted.step + 1)
                for when in range(first, wanted.most + 1, wanted.step):
                    try:
                        struck, told = trial(instance, calls, fault, when, wanted.seed * 1000 + when)
                    except (AssertionError, Broken) as error:
                        faulty.append(f"{calls} {fault} when={when}: {error}")
                        print("WRONG", faulty[-1], flush=True)
                        if instance.server.poll() is None:
                            instance.kill()
                        instance.start()
                        continue
                    if not struck:
                        break
                    trials += 1
                    here.update(told)
                total.update(here)
                print(f"{calls} {fault}: up to the {when}th, {dict(here)}", flush=True)
        finally:
            if instance.server.poll() is None:
                instance.kill()
    print(f"faults: {trials} trials in which a call failed or killed; answers {dict(total)}; {len(faulty)} went wrong; "
          f"{time.monotonic() - begin:.0f} s")
    sys.exit(1 if faulty or trials == 0 else 0)


main()
