"""Two servers behind a plain TCP balancer (nginx) and three workers, on PostgreSQL and S3, restarted one after another under load.

Clients come through the balancer, each connection to another server: uploads in pieces and bodies that last for seconds, pages
with their lists and segments, a connection that is kept, a stream of events. Each trial ends every server and then every worker by
SIGTERM and starts it again. No request may fail but by a 503 that is tried again; the stream tells every update as ready once;
every upload is whole and was told once. Updates with a time are published once, a digest is mailed once, an upload
that was given up ends once. Eight clients at one offset have one winner.

usage: rolling.py [--programs FOLDER] [--seed N] [--trials 2]
"""

import calendar
import collections
import copy
import tempfile
import threading
import time
from pathlib import Path

from balanced import Balancer, Keeper, Listener, Trickler, Watcher, race
from crew import TIMES, Sender, Workers, once, settle
from lib import FIXTURES, PASSWORD, Instance, Upload, check, options, padded
from setups import Missing, Scaled, left_out

MONDAY, TUESDAY, LATER = "2026-11-23T10:00:00Z", "2026-11-24T10:00:00Z", "2026-12-02T10:00:00Z"


class Cluster:
    """The servers, the workers and the way to them."""

    def __init__(self, programs, folder, setup):
        self.setup, self.clock = setup, folder / "clock"
        self.clock.write_text(MONDAY)
        env = {**TIMES, **setup.env(), "MERIDIAN_TEST_CLOCK": str(self.clock)}
        (folder / "second").mkdir()
        first = Instance(programs, setup.data, workers=0, env=env)
        self.servers = [first, Instance(programs, folder / "second", workers=0, env=env, beside=first)]
        first.keeps_port = True
        self.balancer = Balancer(folder, [server.port for server in self.servers])
        self.front = copy.copy(first)
        self.front.port = self.balancer.port
        self.workers = Workers(first, 3)

    def roll(self, told, busy):
        """Each server and each worker once."""
        for server in self.servers:
            told["servers restarted"] += 1
            told["of them with requests under way"] += busy()
            server.stop()
            server.start()
        for worker in list(self.workers.running):
            told["workers restarted"] += 1
            told["of them with an update in hand"] += worker.pid in self.workers.owners(self.setup)
            self.workers.replace(worker)

    def now(self):
        """The servers' time: it goes on from when its file was written."""
        return calendar.timegm(time.strptime(MONDAY, "%Y-%m-%dT%H:%M:%SZ")) + time.time() - self.clock.stat().st_mtime

    def until(self, what, statement, wanted, seconds=60):
        begin = time.monotonic()
        while (found := self.setup.rows(statement)) != wanted:
            check(time.monotonic() - begin < seconds, what, found, "and not", wanted, self.front.log())
            time.sleep(0.1)

    def end(self):
        self.balancer.end()
        self.workers.end()
        for server in self.servers:
            if server.server.poll() is None:
                server.kill()


def colleague(front):
    """Somebody else in the team, who has seen nothing."""
    invite = front.api("POST", f"/workspaces/{front.workspace}/invites", {"role": "member", "team_ids": [front.team]})
    account = {"email": "b@campaign.example", "password": PASSWORD, "display_name": "B", "time_zone": "UTC",
               "invite_token": invite["token"]}
    front.api("POST", "/auth/signup", account)


def scheduled(front, seconds):
    """Texts with a time: `seconds` from now on the servers' clock."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    body = {"kind": "text", "title": "note", "body": "text", "publish": "scheduled", "publish_at": at}
    return [front.api("POST", f"/teams/{front.team}/updates", body)["id"] for _ in range(3)]


def loaded(cluster, wanted, clips, told):
    """Rolls it under load, and judges what came of that."""
    front, ending = cluster.front, threading.Event()
    raced = race(front, clips[1])
    seen = Upload(front, clips[0], "seen")
    check(seen.create()[0] == 201, "not created")
    seen.finish()
    front.wait_ended(seen.update)
    heard_all = threading.Event()
    listener = Listener(front, heard_all)
    listener.start()
    while listener.streams == 0 and listener.wrong is None:
        time.sleep(0.01)
    senders = [Sender(front, wanted.seed * 100 + n, clips, ending, break_allowed=False) for n in range(2)]
    trickler = Trickler(front, ending, clips[0])
    clients = [*senders, trickler, Keeper(front, ending), Watcher(front, ending, seen.update)]
    for client in clients:
        client.start()

    def busy():
        return any(getattr(client, "sending", False) or getattr(client, "under_way", False) for client in clients)

    try:
        for _ in range(wanted.trials):
            cluster.roll(told, busy)
            wrong = [client.wrong for client in [*clients, listener] if client.wrong is not None]
            if wrong:
                raise wrong[0]
    finally:
        ending.set()
        for client in clients:
            client.join()
    wrong = [client.wrong for client in [*clients, listener] if client.wrong is not None]
    if wrong:
        raise wrong[0]
    told["requests answered by 503"] = sum(client.away for client in clients)
    told["pages watched"], told["requests on kept connections"] = clients[4].asked, clients[3].asked
    told["slow uploads"] = len(trickler.done)
    during = [*trickler.done, *(upload for sender in senders for upload in sender.done)]
    settle(cluster.setup, [raced, seen, *during], told)
    told["streams of events"] = listener.streams
    heard(listener, {upload.update for upload in during})
    heard_all.set()


def heard(listener, updates):
    """The stream told each of these as ready, once, whatever server it came from."""
    begin = time.monotonic()
    while True:
        ready = collections.Counter(data["update_id"] for name, data in listener.events if name == "update.ready")
        if updates <= set(ready):
            break
        check(time.monotonic() - begin < 30 and listener.wrong is None, "the stream did not tell of", updates - set(ready))
        time.sleep(0.05)
    check(max(ready.values()) == 1, "told twice:", ready.most_common(3))


def run(wanted, folder, setup):
    told, begin = collections.Counter(), time.monotonic()
    clips = [(FIXTURES / name).read_bytes() for name in ("voice.webm", "fragments.mp4", "flash-beep.webm")]
    clips.append(padded(clips[0], 1_000_000, 1))
    cluster = Cluster(wanted.programs, folder, setup)
    try:
        front = cluster.front
        colleague(front)
        left = Upload(front, clips[0], "given up")
        check(left.create()[0] == 201, "not created")
        check(left.send(1_000)[0] == 204, "not sent")
        texts = scheduled(front, cluster.now() + 6)
        loaded(cluster, wanted, clips, told)
        cluster.until("texts published:", "SELECT COUNT(*) FROM updates WHERE kind = 'text' AND publish_state = 'published'", [["3"]])
        for text in texts:
            once(setup, text, "update.published")
        # The next day everybody's digest is due, a week later the upload is given up: both servers see it.
        cluster.clock.write_text(TUESDAY)
        digests = "SELECT COUNT(*) FROM mails WHERE kind = 'digest' AND state = 'sent'"
        cluster.until("digests sent:", digests, [["1"]])
        cluster.clock.write_text(LATER)
        cluster.until("uploads that ended:", "SELECT COUNT(*) FROM uploads WHERE state = 'expired'", [["1"]])
        cluster.until("digests decided:", "SELECT COUNT(*) FROM mails WHERE kind = 'digest' AND state = 'queued'", [["0"]])
        cluster.until("digests sent:", digests, [["1"]])
        once(setup, left.update, "update.failed")
        logs = [log.read_text() for server in cluster.servers if (log := server.data / "mail.log").exists()]
        subjects = [line for log in logs for line in log.splitlines() if line.startswith("Subject:")]
        check(sum("to see" in subject for subject in subjects) == 1, "mails:", subjects)
        for server in cluster.servers:
            server.stop()
    except AssertionError:
        print((folder / "nginx.log").read_text()[-2000:], cluster.front.log())
        raise
    finally:
        cluster.end()
    print(f"rolling restarts of two servers and three workers behind nginx: {wanted.trials} trials; {dict(told)}; nothing failed but by "
          f"503, everything once; {time.monotonic() - begin:.0f} s")


def main():
    wanted = options(__doc__, trials=2)
    with tempfile.TemporaryDirectory(prefix="meridian-rolling-") as folder:
        setup = None
        try:
            setup = Scaled(folder)
            run(wanted, Path(folder), setup)
        except Missing as missing:
            left_out("rolling", missing)
        finally:
            if setup is not None:
                setup.end()


main()
