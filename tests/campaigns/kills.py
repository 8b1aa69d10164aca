"""SIGKILLs of server, workers and media children while recordings are sent, processed and published.

Several instances one after another. In each, senders upload small clips all the time, workers process them, and every few
hundred milliseconds something is killed and started again. At the end every byte that was acknowledged is there and every
update is ready; one whose attempts were all spent says so, and is ready after Retry. Clips have one part or several, so that
kills hit the first byte, the middle and the end.

usage: kills.py [--programs FOLDER] [--seed N] [--kills 1000] [--each 100]
"""

import collections
import os
import random
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from lib import FIXTURES, Broken, Instance, Upload, check, children, options, padded

SENDERS = 2
WORKERS = 2
# Leases of a second: what a killed worker held is taken up in the same campaign.
TIMES = {"MERIDIAN_TEST_LEASE_MS": "1500", "MERIDIAN_TEST_SWEEP_MS": "300"}


class Workers:
    """Worker processes of their own: a supervisor would wait longer after each death."""

    def __init__(self, instance):
        self.instance, self.running = instance, []
        for _ in range(WORKERS):
            self.start()

    def start(self):
        env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "MERIDIAN_DATA_DIR": str(self.instance.data),
               "MERIDIAN_LOG": "error", "MERIDIAN_MODEL_DIR": str(self.instance.data / "no-models"), **TIMES}
        with open(self.instance.log_path, "a") as log:
            worker = subprocess.Popen([self.instance.programs / "meridian-worker", "run"], env=env, stdout=log, stderr=log,
                                      cwd=tempfile.gettempdir())
        self.running.append(worker)

    def kill_one(self, chance):
        """SIGKILL for a worker; a new one follows."""
        worker = self.running.pop(chance.randrange(len(self.running)))
        worker.kill()
        worker.wait()
        self.start()

    def kill_child(self, chance):
        """SIGKILL for a media child; False: there is none."""
        found = sorted(child for worker in self.running for child in children(worker.pid))
        if not found:
            return False
        try:
            os.kill(chance.choice(found), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def end(self):
        for worker in self.running:
            worker.kill()
            worker.wait()


class Sender(threading.Thread):
    """Uploads one clip after another, going on where the server stands after each break."""

    def __init__(self, instance, seed, clips, ending):
        super().__init__()
        self.instance, self.chance, self.clips, self.ending = instance, random.Random(seed), clips, ending
        self.done, self.sending, self.wrong = [], False, None

    def again(self, act):
        """Tries until the server is there again."""
        begin = time.monotonic()
        while True:
            try:
                return act()
            except Broken:
                check(time.monotonic() - begin < 120, "the server does not come back")
                time.sleep(0.02)

    def run(self):
        try:
            while not self.ending.is_set():
                self.send()
        except Exception as error:  # Told at the end.
            self.wrong = error

    def send(self):
        content = self.chance.choice(self.clips)
        upload = self.again(lambda: Upload(self.instance, content))
        check(self.again(upload.create)[0] in (201, 409), "not created")
        check(upload.path is not None, "lost its upload")
        while upload.acknowledged < len(content):
            try:
                self.sending = True
                status, text = upload.send(self.chance.choice([3_000, 40_000, 500_000]))
                self.sending = False
                check(status == 204, status, text)
            except Broken:
                self.again(upload.ask)
        self.done.append(upload)
        # So that the workers keep up.
        time.sleep(self.chance.random())


def jobs_running(instance):
    with closing(sqlite3.connect(f"file:{instance.data}/meridian.db?mode=ro", uri=True, timeout=30)) as database:
        return database.execute("SELECT count(*) FROM jobs WHERE state = 'running' AND kind = 'process_update'").fetchone()[0]


def judge(instance, uploads, told):
    """Every acknowledged byte, and every update ready."""
    for upload in uploads:
        ended = instance.wait_ended(upload.update)
        if ended["status"] == "failed":
            told["attempts all spent"] += 1
            check(ended["failure"]["detail"], "failed without words", ended)
            instance.api("POST", f"/updates/{upload.update}/retry")
            ended = instance.wait_ended(upload.update)
        check(ended["status"] == "ready", ended)
        told["updates ready"] += 1
        check(upload.ask() == len(upload.content), "not whole")
        listed = ended["media"]["hls_url"]
        check(instance.call("GET", listed)[0] == 200, "its media are not there")
        if instance.try_api("GET", f"/updates/{upload.update}")[0] == 200 and (instance.data / "objects/uploads").exists():
            try:
                upload.on_disk()
            except FileNotFoundError:
                # Rewritten in larger parts meanwhile.
                told["rewritten before it was read"] += 1


def round_of(wanted, kills, seed, clips, told):
    """One instance."""
    chance, ending = random.Random(seed), threading.Event()
    with tempfile.TemporaryDirectory(prefix="meridian-kills-") as folder:
        instance = Instance(wanted.programs, folder, workers=0, env=TIMES)
        workers = Workers(instance)
        senders = [Sender(instance, seed * 100 + n, clips, ending) for n in range(SENDERS)]
        for sender in senders:
            sender.start()
        try:
            for _ in range(kills):
                time.sleep(chance.uniform(0.05, 0.5))
                what = chance.choice(["server", "worker", "child"])
                sending, running = any(sender.sending for sender in senders), jobs_running(instance)
                if what == "child" and not workers.kill_child(chance):
                    what = "worker"
                if what == "worker":
                    workers.kill_one(chance)
                if what == "server":
                    instance.kill()
                    instance.start()
                told[f"kills of {what}"] += 1
                told["with a request under way"] += what == "server" and sending
                told["with a job running"] += what != "server" and running > 0
                told["with nothing under way"] += not (sending if what == "server" else running > 0)
            ending.set()
            for sender in senders:
                sender.join()
                if sender.wrong is not None:
                    raise sender.wrong
            judge(instance, [upload for sender in senders for upload in sender.done], told)
        finally:
            ending.set()
            workers.end()
            if instance.server.poll() is None:
                instance.kill()
            for sender in senders:
                sender.join()


def main():
    wanted = options(__doc__, kills=1000, each=100)
    begin, told, rounds = time.monotonic(), collections.Counter(), 0
    clips = [(FIXTURES / name).read_bytes() for name in ("voice.webm", "fragments.mp4", "flash-beep.webm")]
    clips.append(padded(clips[0], 2_000_000, wanted.seed))
    left = wanted.kills
    while left > 0:
        kills = min(left, wanted.each)
        round_of(wanted, kills, wanted.seed * 1000 + rounds, clips, told)
        left, rounds = left - kills, rounds + 1
        print(f"after {wanted.kills - left} kills: {dict(told)}; {time.monotonic() - begin:.0f} s", flush=True)
    check(told["with nothing under way"] * 3 <= wanted.kills, "too few kills hit anything", dict(told))
    print(f"kills: {wanted.kills} on {rounds} instances, {dict(told)}; no acknowledged byte lost, none stuck; "
          f"{time.monotonic() - begin:.0f} s")


main()
