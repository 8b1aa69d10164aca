"""SIGKILLs of server, workers and media children while recordings are sent, processed and published.

Several instances one after another. In each, senders upload small clips all the time, workers process them, and every few
hundred milliseconds something is killed and started again. At the end every byte that was acknowledged is there and every
update is ready; one whose attempts were all spent says so, and is ready after Retry. Clips have one part or several, so that
kills hit the first byte, the middle and the end.

usage: kills.py [--programs FOLDER] [--seed N] [--kills 1000] [--each 100]
"""

import collections
import random
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from crew import TIMES, Sender, Workers
from lib import FIXTURES, Instance, check, options, padded

SENDERS = 2


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
                    workers.kill(chance.choice(workers.running))
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
