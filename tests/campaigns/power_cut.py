"""A file system is shut down under the server without a flush, as by a power cut, while bytes are acknowledged.

After it is mounted again every acknowledged byte is there, the database is whole, the upload goes on and the update becomes
ready. First the same with a server whose syncs do nothing, which has to lose something: else the cut cuts nothing. Needs root,
loop devices and mkfs.ext4 or mkfs.xfs; says so and ends with status 3 where there are none.

usage: power_cut.py [--programs FOLDER] [--seed N] [--trials 100] [--kind ext4]
"""

import fcntl
import os
import random
import shutil
import struct
import subprocess
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

from lib import FIXTURES, Broken, Instance, Upload, check, options, padded

SHUTDOWN, WITHOUT_FLUSH = 0x8004587D, 2
SIZE = 5_000_000


class Disk:
    """A file system in a file."""

    def __init__(self, folder, kind):
        self.image, self.at, self.kind = Path(folder, "image"), Path(folder, "disk"), kind
        self.at.mkdir()
        self.image.touch()
        os.truncate(self.image, 512 * 1024 * 1024)
        self.run(f"mkfs.{kind}", "-q", *(["-F"] if kind == "ext4" else []), str(self.image))
        self.mount()

    def run(self, *command):
        done = subprocess.run(command, capture_output=True, text=True)
        check(done.returncode == 0, *command, done.stderr)

    def mount(self):
        self.run("mount", "-o", "loop", str(self.image), str(self.at))

    def holding(self):
        """Which of the processes that may be asked have a file of this disk open."""
        held = []
        for link in Path("/proc").glob("[0-9]*/fd/*"):
            # A process of somebody else's may not be asked, and one that just ended has no links any more.
            with suppress(OSError):
                if os.readlink(link).startswith(str(self.at)):
                    held.append(str(link))
        return held

    def unmount(self):
        """Waits for the last of the killed threads to let go of their files."""
        begin = time.monotonic()
        while (tried := subprocess.run(["umount", str(self.at)], capture_output=True, text=True)).returncode != 0:
            check(time.monotonic() - begin < 20, "the disk stays busy:", tried.stderr.strip(), self.holding())
            time.sleep(0.02)

    def cut(self):
        """Nothing that is not on the disk by now gets there."""
        folder = os.open(self.at, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", WITHOUT_FLUSH))
        finally:
            os.close(folder)


class Sender(threading.Thread):
    """Sends pieces of many sizes until the connection breaks or the server refuses."""

    def __init__(self, upload, chance):
        super().__init__()
        self.upload, self.chance, self.sending, self.refused = upload, chance, False, None

    def run(self):
        try:
            while self.upload.acknowledged < SIZE:
                self.sending = True
                status, _ = self.upload.send(self.chance.choice([20_000, 90_000, 400_000, 1_500_000]))
                self.sending = False
                if status != 204:
                    self.refused = status
                    return
        except Broken:
            pass


def without_syncs(pid):
    """From now on a process's fsync and fdatasync do nothing and say that they did."""
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
                               "inject=fsync,fdatasync:retval=0", "-p", str(pid)], stderr=subprocess.DEVNULL)
    while "TracerPid:\t0" in Path(f"/proc/{pid}/status").read_text():
        time.sleep(0.01)
    time.sleep(0.2)
    return tracer


def trial(disk, instance, seed, synced):
    """True: the cut came while a request was under way."""
    chance = random.Random(seed)
    upload = Upload(instance, padded((FIXTURES / "voice.webm").read_bytes(), SIZE, seed))
    check(upload.create()[0] == 201, "not created")
    tracer = None if synced else without_syncs(instance.server.pid)
    sender = Sender(upload, chance)
    sender.start()
    # After a few acknowledgements, in the middle of another request.
    wanted = chance.randrange(1, 4)
    begin, seen, last = time.monotonic(), 0, 0
    while seen < wanted and sender.is_alive() and time.monotonic() - begin < 20:
        if upload.acknowledged != last:
            seen, last = seen + 1, upload.acknowledged
    time.sleep(chance.random() * 0.02)
    in_flight = sender.sending
    disk.cut()
    instance.kill()
    sender.join()
    if tracer is not None:
        tracer.wait()
    disk.unmount()
    disk.mount()
    promised = upload.acknowledged
    check(promised > 0, "nothing was acknowledged before the cut")
    with closing(sqlite3.connect(instance.data / "meridian.db", timeout=30)) as database:
        whole, = database.execute("PRAGMA integrity_check").fetchone()
    check(whole == "ok", "the database is damaged:", whole)
    there = upload.on_disk()
    check(there >= promised, promised, "bytes were acknowledged,", there, "are on the disk")
    if not synced:
        return in_flight
    instance.start()
    upload.ask()
    upload.finish()
    check(upload.on_disk() == len(upload.content), "not whole")
    told = instance.wait_ended(upload.update)
    check(told["status"] == "ready", told)
    instance.api("DELETE", f"/updates/{upload.update}")
    return in_flight


def run(wanted, kind, synced):
    """One disk after another; how many trials, in flight, and lost."""
    tried, in_flight, lost = 0, 0, 0
    while tried < wanted.trials:
        folder = tempfile.mkdtemp(prefix="meridian-power-")
        disk, instance = Disk(folder, kind), None
        try:
            instance = Instance(wanted.programs, disk.at / "data")
            # A few on each disk: what was cut is written on.
            for _ in range(min(10 if synced else 1, wanted.trials - tried)):
                tried += 1
                try:
                    in_flight += trial(disk, instance, wanted.seed * 1000 + tried, synced)
                except Exception as error:
                    if synced:
                        raise
                    lost += 1
                    print(f"without syncs, trial {tried}: {str(error)[:150]}", flush=True)
        finally:
            if instance is not None and instance.server.poll() is None:
                instance.kill()
            if os.path.ismount(disk.at):
                disk.unmount()
            print(f"{'with' if synced else 'without'} syncs: {tried} trials, {in_flight} with a request under way", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
    return tried, in_flight, lost


def main():
    wanted = options(__doc__, trials=100, kind="ext4", without=3)
    if os.geteuid() != 0 or not Path("/dev/loop-control").exists() or not shutil.which(f"mkfs.{wanted.kind}"):
        print(f"power cut: LEFT OUT: root, loop devices and mkfs.{wanted.kind} are needed")
        sys.exit(3)
    trials, wanted.trials = wanted.trials, wanted.without
    tried, _, lost = run(wanted, wanted.kind, synced=False)
    check(lost == tried or tried == 0, "with syncs that do nothing only", lost, "of", tried, "trials lost something")
    wanted.trials = trials
    begin = time.monotonic()
    tried, in_flight, _ = run(wanted, wanted.kind, synced=True)
    print(f"power cut on {wanted.kind}: {tried} trials, {in_flight} with a request under way, 0 lost an acknowledged byte, all "
          f"ready; {lost} of {wanted.without} lost without syncs; {time.monotonic() - begin:.0f} s")


main()
