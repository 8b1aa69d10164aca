"""Backups taken while recordings are sent and processed, each restored and compared.

Senders upload clips all the time and a worker processes them. Each trial notes what was acknowledged, takes a backup into the same
folder (so all but the first are incremental), restores it into an empty place and reads every noted upload there: nothing that was
acknowledged before the backup began may be missing or differ, and every object that the restored rows name has to be whole. A
trial counts only when bytes were acknowledged while its backup ran.

usage: backup.py [--programs FOLDER] [--seed N] [--trials 10]
"""

import collections
import json
import os
import random
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from lib import FIXTURES, Instance, Upload, check, options, padded

SENDERS = 3


class Sender(threading.Thread):
    """Uploads one clip after another in small pieces; `sent` are its uploads with what was acknowledged of each."""

    def __init__(self, instance, seed, clips, ending):
        super().__init__()
        self.instance, self.chance, self.clips, self.ending = instance, random.Random(seed), clips, ending
        self.sent, self.wrong = [], None

    def run(self):
        try:
            while not self.ending.is_set():
                upload = Upload(self.instance, self.chance.choice(self.clips))
                check(upload.create()[0] == 201, "not created")
                self.sent.append(upload)
                while upload.acknowledged < len(upload.content) and not self.ending.is_set():
                    status, text = upload.send(self.chance.choice([3_000, 40_000, 200_000]))
                    check(status == 204, status, text)
                    time.sleep(self.chance.random() / 50)
        except Exception as error:  # Told at the end.
            self.wrong = error


def command(instance, data, *arguments):
    """One of the operators' commands; what it says."""
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "MERIDIAN_DATA_DIR": str(data), "MERIDIAN_LOG": "error"}
    done = subprocess.run([instance.programs / "meridian-server", *map(str, arguments), "--json"], env=env, capture_output=True,
                          cwd=tempfile.gettempdir(), timeout=300)
    check(done.returncode == 0, arguments, done.stderr.decode(), done.stdout.decode())
    return json.loads(done.stdout)


def trial(instance, senders, backup, restored, told):
    """One backup and what it holds; whether bytes were acknowledged while it ran."""
    noted = [(upload, upload.acknowledged) for sender in senders for upload in sender.sent if upload.acknowledged > 0]
    begin = time.monotonic()
    made = command(instance, instance.data, "backup", backup, "--with-secret")
    told["seconds of backups"] += time.monotonic() - begin
    after = sum(upload.acknowledged for sender in senders for upload in sender.sent)
    check(not made["lost"], made)
    command(instance, restored, "restore", backup)
    check(not command(instance, restored, "scrub", "--read")["damaged"], "damaged")
    for upload, acknowledged in noted:
        offset = upload.on_disk(restored)
        check(offset >= acknowledged, acknowledged, "bytes were acknowledged before the backup began,", offset, "are in it")
        told["uploads compared"] += 1
        told["of them not ended yet"] += acknowledged < len(upload.content)
    told["objects copied"] += made["copied"]
    told["objects"] = made["objects"]
    return after > sum(acknowledged for _, acknowledged in noted)


def main():
    wanted = options(__doc__, trials=10)
    chance, told, ending = random.Random(wanted.seed), collections.Counter(), threading.Event()
    clips = [(FIXTURES / name).read_bytes() for name in ("voice.webm", "fragments.mp4", "flash-beep.webm")]
    clips.append(padded(clips[0], 3_000_000, wanted.seed))
    with tempfile.TemporaryDirectory(prefix="meridian-backup-") as folder:
        folder = Path(folder)
        (folder / "data").mkdir()
        instance = Instance(wanted.programs, folder / "data", workers=1,
                            env={"MERIDIAN_MODEL_DIR": str(folder / "no-models")})
        senders = [Sender(instance, wanted.seed * 100 + n, clips, ending) for n in range(SENDERS)]
        for sender in senders:
            sender.start()
        try:
            done = 0
            while done < wanted.trials:
                time.sleep(chance.uniform(0.2, 1.0))
                restored = folder / "restored"
                hit = trial(instance, senders, folder / "backup", restored, told)
                shutil.rmtree(restored)
                for sender in senders:
                    if sender.wrong is not None:
                        raise sender.wrong
                done += hit
                told["trials"] += 1
                check(hit or told["trials"] < wanted.trials * 3, "too few backups ran beside uploads", dict(told))
        finally:
            ending.set()
            for sender in senders:
                sender.join()
            instance.kill()
    print(f"backups while uploads ran: {dict(told)}; nothing acknowledged before one began was missing in it")


main()
