"""Many open event streams, for bench.py (P11): what each costs, and when an event has reached them all.

50 people with 40 streams each, all of one workspace, in one thread of this process. A time counts from when the text that makes
the event was sent; the client's own time to read is in it.
"""

import http.client
import json
import resource
import selectors
import socket
import tempfile
import threading
import time
from pathlib import Path

from bench_bytes import lib

STREAMS, PEOPLE = 2_000, 50
EVENTS = 11
BUSY_S = 10


def rss_kb(pid):
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


def cpu_s(pid):
    return sum(int(field) for field in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]) / 100


class Streams:
    """Open streams; `read` takes what came until something holds for all."""

    def __init__(self, instance, workspace, people):
        self.instance, self.selector, self.open = instance, selectors.DefaultSelector(), []
        for number in range(STREAMS):
            stream = socket.create_connection(("127.0.0.1", instance.port))
            stream.sendall(f"GET /api/v1/events?workspace_id={workspace} HTTP/1.1\r\nHost: bench\r\n"
                           f"Authorization: {people[number % len(people)]['Authorization']}\r\n\r\n".encode())
            self.selector.register(stream, selectors.EVENT_READ, number)
            self.open.append(stream)

    def read(self, what, seconds=60):
        """When `what` came to each, from now, in seconds, ordered."""
        begin, came, tails = time.monotonic(), {}, {}
        while len(came) < STREAMS:
            lib.check(time.monotonic() - begin < seconds, what, "came to", len(came), "streams")
            for key, _ in self.selector.select(1):
                text = key.fileobj.recv(65_536)
                lib.check(text, "a stream has ended")
                tails[key.data] = (tails.get(key.data, b"") + text)[-4_096:]
                if key.data not in came and what in tails[key.data]:
                    came[key.data] = time.monotonic() - begin
        return sorted(came.values())

    def idle(self, seconds):
        """Takes what comes for a time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for key, _ in self.selector.select(left):
                key.fileobj.recv(65_536)

    def close(self):
        for stream in self.open:
            stream.close()


def member(instance, workspace, number):
    """Somebody who sees the team; what they sign in with."""
    invite = instance.api("POST", f"/workspaces/{workspace}/invites", {"role": "member", "team_ids": [instance.team]})["token"]
    account = {"email": f"m{number}@bench.example", "password": lib.PASSWORD, "display_name": f"Member {number}",
               "time_zone": "UTC", "invite_token": invite}
    status, _, text = instance.call("POST", "/api/v1/auth/signup", json.dumps(account), {"Content-Type": "application/json"})
    lib.check(status == 201, "signup", status, text[:300])
    return {"Authorization": f"Bearer {json.loads(text)['access_token']}"}


def post(instance, title):
    """A text of the owner's, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=60)
    connection.request("POST", f"/api/v1/teams/{instance.team}/updates", json.dumps({"kind": "text", "title": title, "body": "x"}),
                       instance.bearer({"Content-Type": "application/json"}))
    lib.check(connection.getresponse().status == 201, "no text")
    connection.close()


def rows_streams(programs, setup, rows):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as folder:
        instance = lib.Instance(programs, Path(folder, "data"), workers=0, env=setup.env())
        made = instance.api("GET", "/workspaces")
        workspace = (made.get("items") or made)[0]["id"]
        people = [member(instance, workspace, number) for number in range(PEOPLE)]
        pid = instance.server.pid
        before = rss_kb(pid)
        begin = time.monotonic()
        streams = Streams(instance, workspace, people)
        try:
            streams.read(b": connected")
            opened = time.monotonic() - begin
            streams.idle(5)
            each = (rss_kb(pid) - before) / STREAMS
            cpu = cpu_s(pid)
            streams.idle(BUSY_S)
            quiet = (cpu_s(pid) - cpu) / BUSY_S * 100
            reached = []
            for number in range(EVENTS):
                title = f"event-{number}-of-the-bench"
                sender = threading.Thread(target=post, args=(instance, title))
                sender.start()
                reached.append(streams.read(title.encode()))
                sender.join()
            stop = threading.Event()

            def busy():
                while not stop.wait(0.5):
                    post(instance, "busy")

            sender = threading.Thread(target=busy)
            cpu = cpu_s(pid)
            sender.start()
            streams.idle(BUSY_S)
            stop.set()
            loaded = (cpu_s(pid) - cpu) / BUSY_S * 100
            sender.join()
            last = sorted(times[-1] for times in reached)
            rows += [
                (f"P11 {STREAMS} event streams{setup.said}: memory each", "kB", 32, each),
                (f"P11 an event has reached all{setup.said}, median", "s", 1, last[len(last) // 2]),
                (f"P11 the same{setup.said}, at most", "s", 1, last[-1]),
                (f"P11 an event has reached half of them{setup.said}, median", "s", None,
                 sorted(times[STREAMS // 2] for times in reached)[len(reached) // 2]),
                (f"P11 all are open{setup.said}", "s", None, opened),
                (f"P11 CPU of the server{setup.said}, nothing happens", "% of a core", None, quiet),
                (f"P11 CPU of the server{setup.said}, two events a second", "% of a core", None, loaded),
            ]
        finally:
            streams.close()
            instance.stop()
