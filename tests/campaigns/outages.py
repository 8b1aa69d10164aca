"""What a whole instance meets, one fault a trial, while recordings are sent, processed and published, on either set-up.

  postgres   PostgreSQL is stopped at once (as `pg_ctl stop -m immediate`) and started again a moment later
  sessions   sessions that are in the middle of a write, or have committed and not yet said so, are ended (pg_terminate_backend)
  full       the file system of PostgreSQL has no room for a moment (root only)
  objects    calls of S3 wait, are refused (503), broken off, cut, or done without the answer coming back
  kill       SIGKILL for a worker that has an update in its hands
  freeze     SIGSTOP for such a worker past its lease, until another has the update; then it goes on

After each trial: every byte that was acknowledged is there as it was sent (rows and objects are read beside the server), every
update is ready, and was told as published and as ready once. A trial counts as in flight when a request was under way or an
update in a worker's hands in the moment of the fault (sessions, objects, full: when something was really ended, harmed or
refused).

usage: outages.py [--programs FOLDER] [--seed N] [--setup scaled|embedded] [--trials 5] [--faults postgres,sessions,...]
"""

import collections
import os
import random
import signal
import tempfile
import threading
import time

from crew import TIMES, Sender, Workers, settle
from lib import FIXTURES, Instance, again, check, options, padded
from s3_proxy import FAULTS, Proxy
from setups import Embedded, Missing, Scaled, left_out

SENDERS = 2
SMALL_MB = 400
BY_SETUP = {"embedded": ("kill", "freeze"), "scaled": ("postgres", "sessions", "full", "objects", "kill", "freeze")}


class Trials:
    """One instance with its workers, harmed again and again."""

    def __init__(self, programs, setup, proxy):
        self.setup, self.proxy, self.told, self.healthy_s = setup, proxy, collections.Counter(), []
        self.instance = Instance(programs, setup.data, workers=0, env={**TIMES, **setup.env()})
        self.workers = Workers(self.instance)
        clips = [(FIXTURES / name).read_bytes() for name in ("voice.webm", "fragments.mp4", "flash-beep.webm")]
        self.clips = [*clips, padded(clips[0], 1_000_000, 1)]

    def in_flight(self, senders):
        return any(sender.sending for sender in senders) or self.workers.busy(self.setup) is not None

    def wait_for(self, holds, senders):
        """Waits until it holds while there is work; whether it does."""
        while not (found := holds()):
            if not any(sender.is_alive() for sender in senders) and self.all_ready(senders):
                return None
            time.sleep(0.005)
        return found

    def all_ready(self, senders):
        sent = [upload for sender in senders for upload in sender.done]
        return all(again(lambda: self.instance.status_of(upload.update))["status"] == "ready" for upload in sent)

    def trial(self, fault, seed):
        """One fault; whether it met work in flight."""
        chance, ending = random.Random(seed), threading.Event()
        # Where what harms is a moment of its own, sending goes on until it was there.
        count = None if fault in ("sessions", "full") else 1
        senders = [Sender(self.instance, seed * 10 + n, self.clips, ending, count) for n in range(SENDERS)]
        for sender in senders:
            sender.start()
        try:
            time.sleep(chance.uniform(0.0, 0.8))
            hit = getattr(self, fault)(chance, senders)
        finally:
            ending.set()
            if self.proxy is not None:
                self.proxy.behave()
            for sender in senders:
                sender.join()
        for sender in senders:
            if sender.wrong is not None:
                raise sender.wrong
            self.told["requests answered by 503"] += sender.away
        settle(self.setup, [upload for sender in senders for upload in sender.done], self.told)
        return hit

    def postgres(self, chance, senders):
        hit = self.wait_for(lambda: self.in_flight(senders), senders)
        server = self.setup.postgres
        server.stop_at_once()
        time.sleep(chance.uniform(0.0, 1.5))
        server.start_again()
        self.healthy()
        return bool(hit)

    def healthy(self):
        """Notes how long it takes until an answer comes."""
        begin = time.monotonic()
        again(lambda: self.instance.api("GET", f"/teams/{self.instance.team}/updates"), 60)
        self.healthy_s.append(time.monotonic() - begin)

    def full(self, chance, senders):
        self.wait_for(lambda: any(sender.sending for sender in senders), senders)
        server, before, begin = self.setup.postgres, sum(sender.away for sender in senders), time.monotonic()
        server.fill()
        try:
            # At least until somebody was refused for it, where somebody is still sending.
            while sum(sender.away for sender in senders) == before and time.monotonic() - begin < 5:
                time.sleep(0.01)
            time.sleep(chance.uniform(0.0, 1.0))
        finally:
            server.make_room()
        self.healthy()
        return sum(sender.away for sender in senders) > before

    def sessions(self, chance, senders):
        self.wait_for(lambda: self.in_flight(senders), senders)
        server, most, committing = self.setup.postgres, chance.randrange(1, 5), chance.random() < 0.5
        ended = (server.terminate_commits if committing else server.terminate)(most)
        self.told["sessions ended"] += ended
        self.told["of them after their commit, before its answer"] += ended * committing
        return ended > 0

    def objects(self, chance, senders):
        self.wait_for(lambda: self.in_flight(senders), senders)
        before = sum(self.proxy.struck[fault] for fault in FAULTS)
        # All kinds, or one alone; often, or always for a moment.
        faults = FAULTS if chance.random() < 0.5 else (chance.choice(FAULTS),)
        share, seconds = chance.choice([(0.3, 2.0), (0.7, 1.0), (1.0, 0.7)])
        self.proxy.misbehave(share, faults)
        time.sleep(seconds)
        self.proxy.behave()
        harmed = sum(self.proxy.struck[fault] for fault in FAULTS) - before
        self.told["calls of S3 harmed"] += harmed
        return harmed > 0

    def kill(self, chance, senders):
        worker = self.wait_for(lambda: self.workers.busy(self.setup), senders)
        self.workers.kill(worker or chance.choice(self.workers.running))
        return worker is not None

    def freeze(self, chance, senders):
        worker = self.wait_for(lambda: self.workers.busy(self.setup), senders)
        frozen = worker or chance.choice(self.workers.running)
        os.kill(frozen.pid, signal.SIGSTOP)
        try:
            # Past its lease and a sweep. Where it holds SQLite's lock nobody takes the update over before it goes on.
            time.sleep(2.5)
            self.told["taken over meanwhile"] += worker is not None and worker.pid not in self.workers.owners(self.setup)
        finally:
            os.kill(frozen.pid, signal.SIGCONT)
        return worker is not None

    def end(self):
        self.workers.end()
        if self.instance.server.poll() is None:
            self.instance.kill()


def run(wanted, setup, proxy):
    faults = wanted.faults.split(",") if wanted.faults else BY_SETUP[setup.name]
    if os.geteuid() != 0 and "full" in faults:
        print("outages: full: LEFT OUT: root is needed for a small file system")
        faults = [fault for fault in faults if fault != "full"]
    trials = Trials(wanted.programs, setup, proxy)
    try:
        for number, fault in enumerate(faults):
            hits, begin = 0, time.monotonic()
            trials.told.clear()
            for n in range(wanted.trials):
                seed = wanted.seed * 100_000 + number * 10_000 + n
                try:
                    hits += trials.trial(fault, seed)
                except AssertionError as error:
                    raise AssertionError(f"{setup.name} {fault}, seed {seed}: {error}") from error
            print(f"outages: {setup.name}, {fault}: {wanted.trials} trials, {hits} with work in flight; {dict(trials.told)}; "
                  f"{time.monotonic() - begin:.0f} s", flush=True)
            check(hits * 2 >= wanted.trials, "too few trials met work in flight")
    finally:
        trials.end()
    if trials.healthy_s:
        print(f"outages: after PostgreSQL was back an answer came within {max(trials.healthy_s):.1f} s", flush=True)
        check(max(trials.healthy_s) < 10, "healthy again only after", trials.healthy_s)


def main():
    wanted = options(__doc__, setup="scaled", trials=5, faults="")
    with tempfile.TemporaryDirectory(prefix="meridian-outages-") as folder:
        proxy, setup = None, None
        try:
            if wanted.setup == "scaled":
                proxy = Proxy(random.Random(wanted.seed))
                setup = Scaled(folder, proxy.between, SMALL_MB if os.geteuid() == 0 else None)
            else:
                setup = Embedded(folder)
            run(wanted, setup, proxy)
        except Missing as missing:
            left_out("outages", missing)
        finally:
            if setup is not None:
                setup.end()


main()
