"""The pages that people open most, for bench.py (P10): a team's feed, a round's page, catch-up.

A workspace of two years: 100,000 updates in 40 private teams, of which the viewer is in three; every twentieth update is for
named people. The viewer's first team has had a round a day, all with answers and plans. They have seen everything but the
last three days. Requests are sent at their times, whether earlier ones are answered or not; a time counts from when its
request was due.
"""

import datetime
import http.client
import json
import tempfile
import threading
import time
from pathlib import Path

from bench_bytes import lib
from bench_setup import Rows

UPDATES = 100_000
TEAMS, SEEN, PEOPLE = 40, 3, 8
DAYS = 730
DAY_MS = 86_400_000
UNSEEN_DAYS = 3
RATE = 100
SECONDS = 20
SENDERS = 16
GOAL_MS = 25
PROMPTS = ["What did you finish?", "What is next?", "What is in your way?"]
TEXT = "The importer reads **both** formats now, and the tests run on each commit. " * 6


class Workspace:
    """An instance with all that; `viewer` is signed in."""

    def __init__(self, programs, folder, setup):
        self.instance = lib.Instance(programs, folder, workers=1, env=setup.env())
        self.rows = Rows(setup, self.instance)
        made = self.instance.api("GET", "/workspaces")
        self.id = (made.get("items") or made)[0]["id"]
        self.teams = [self.instance.api("POST", f"/workspaces/{self.id}/teams",
                                        {"name": f"Team {number}", "visibility": "private"})["id"] for number in range(TEAMS)]
        self.people = [self.join(number) for number in range(PEOPLE)]
        self.round()
        self.templates()
        self.instance.stop()
        self.fill()
        self.instance.start()
        self.viewer = self.sign_in(0)

    def post(self, path, body, headers=None):
        headers = {"Content-Type": "application/json"} | (headers or {})
        status, _, text = self.instance.call("POST", f"/api/v1{path}", json.dumps(body), headers)
        lib.check(status < 300, "POST", path, status, text[:300])
        return json.loads(text)

    def join(self, number):
        """A new member of the first teams: the id, and the token for a while."""
        invite = self.instance.api("POST", f"/workspaces/{self.id}/invites", {"role": "member", "team_ids": self.teams[:SEEN]})
        account = {"email": f"m{number}@bench.example", "password": lib.PASSWORD, "display_name": f"Member {number}",
                   "time_zone": "UTC", "invite_token": invite["token"]}
        made = self.post("/auth/signup", account)
        return made["user"]["id"], {"Authorization": f"Bearer {made['access_token']}"}

    def sign_in(self, number):
        made = self.post("/auth/login", {"email": f"m{number}@bench.example", "password": lib.PASSWORD})
        return {"Authorization": f"Bearer {made['access_token']}"}

    def round(self):
        """Today's round, which everybody answers: half of them in writing, half with a recording that was transcribed."""
        days = ["mo", "tu", "we", "th", "fr", "sa", "su"]
        check_in = {"name": "Daily", "prompts": PROMPTS, "schedule": {"days": days, "at": "09:00", "zone": "UTC"},
                    "open_for_minutes": 600, "replaces_meeting_minutes": 15}
        self.check_in = self.instance.api("POST", f"/teams/{self.teams[0]}/check-ins", check_in)["id"]
        self.round_id = self.instance.api("POST", f"/check-ins/{self.check_in}/open")["id"]
        written = "\n\n".join(f"## {prompt}\n\n{TEXT}" for prompt in PROMPTS)
        cues = "".join(f"00:{i // 15:02}:{i % 15 * 4:02}.000 --> 00:{i // 15:02}:{i % 15 * 4 + 3:02}.000\n{TEXT[:70]}\n\n"
                       for i in range(60))
        for number, (_, headers) in enumerate(self.people):
            kind = "text" if number % 2 else "video"
            body = {"kind": kind, "title": f"Answer {number}", "body": written if kind == "text" else "",
                    "round_id": self.round_id}
            update = self.post(f"/teams/{self.teams[0]}/updates", body, headers)["id"]
            if kind == "video":
                status, _, text = self.instance.call("PUT", f"/api/v1/updates/{update}/transcript?language=en",
                                                     f"WEBVTT\n\n{cues}", headers | {"Content-Type": "text/vtt"})
                lib.check(status == 200, "PUT transcript", status, text[:300])
            self.post(f"/updates/{update}/comments", {"body": "Which one?", "kind": "question", "assignee_id": self.people[0][0]},
                      headers)

    def templates(self):
        """A recording that was processed and a text, of which all others are copies."""
        upload = lib.Upload(self.instance, (lib.FIXTURES / "voice.webm").read_bytes())
        upload.create()
        upload.finish()
        self.instance.wait_ended(upload.update)
        self.video = upload.update
        self.text = self.instance.api("POST", f"/teams/{self.instance.team}/updates",
                                      {"kind": "text", "title": "Text", "body": TEXT})["id"]

    def fill(self):
        # 1 more than a round number: what is chosen by a remainder of the instant lies in all teams.
        rows, step = self.rows, DAYS * DAY_MS // UPDATES // 1000 * 1000 + 1
        self.now = int(time.time() * 1000) - 60_000
        at = f"{self.now} - n.i * {step}"
        numbers = (f"(WITH RECURSIVE n (i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < {UPDATES}) "
                   "SELECT i FROM n) n")
        listed = ", ".join(f"({number}, {rows.id(team)})" for number, team in enumerate(self.teams))
        teams = f"(SELECT v.column1 AS place, t.id, t.audience_id FROM (VALUES {listed}) v JOIN teams t ON t.id = v.column2) p"
        listed = ", ".join(f"({number}, {rows.id(one)})" for number, (one, _) in enumerate(self.people))
        people = f"(SELECT column1 AS place, column2 AS id FROM (VALUES {listed}) v) a"
        video, text = rows.id(self.video), rows.id(self.text)
        rows.run(rows.copies(
            "updates", f"{numbers} JOIN {teams} ON p.place = n.i % {TEAMS} JOIN {people} ON a.place = (n.i / {TEAMS}) % {PEOPLE} "
            f"JOIN updates t ON t.id = CASE WHEN n.i % 3 = 0 THEN {text} ELSE {video} END",
            id=rows.new_id, team_id="p.id", audience_id="p.audience_id", author_id="a.id", title="'Update ' || CAST(n.i AS text)",
            created_at=at, changed_at=at, published_at=at, upload_id="NULL", round_id="NULL",
            generation_id=f"CASE WHEN t.generation_id IS NOT NULL THEN {rows.new_id} END"))
        copied = f"u.title LIKE 'Update %' AND u.id NOT IN ({video}, {text})"
        of_video = f"updates u JOIN updates v ON v.id = {video}"
        made = f"{copied} AND u.generation_id IS NOT NULL"
        rows.run(
            rows.copies("media_generations", f"{of_video} JOIN media_generations t ON t.id = v.generation_id WHERE {made}",
                        id="u.generation_id", update_id="u.id"),
            rows.copies("renditions", f"{of_video} JOIN renditions t ON t.generation_id = v.generation_id WHERE {made}",
                        id=rows.new_id, generation_id="u.generation_id", update_id="u.id"),
            rows.copies("artefacts", f"{of_video} JOIN artefacts t ON t.generation_id = v.generation_id WHERE {made}",
                        generation_id="u.generation_id", update_id="u.id"))
        self.fill_people(copied)
        self.fill_rounds(copied)
        rows.settle()

    def fill_people(self, copied):
        """Named people, comments, who saw what."""
        rows = self.rows
        viewer, other = rows.id(self.people[0][0]), rows.id(self.people[1][0])
        named = f"{copied} AND u.published_at % 21 = 0"
        teams = ", ".join(rows.id(team) for team in self.teams[:SEEN])
        mine = f"{copied} AND u.team_id IN ({teams})"
        old = f"{mine} AND u.published_at < {self.now - UNSEEN_DAYS * DAY_MS}"
        watch = "(update_id, user_id, position_ms, seen_ranges, seen_ratio, seen, by_means, last_at)"
        comment = ("(id, update_id, workspace_id, audience_id, author_id, body, body_html, kind, assignee_id, mentions, priority, "
                   "resolved_at, created_at, version)")
        asked = (f"SELECT {rows.new_id}, u.id, u.workspace_id, u.audience_id, u.author_id, 'Why so?', '<p>Why so?</p>', "
                 f"'question', {viewer}, '[]', 'normal', ")
        rows.run(
            f"INSERT INTO audiences (id, workspace_id, kind) SELECT u.id, u.workspace_id, 'people' FROM updates u WHERE {named}",
            f"INSERT INTO audience_members (audience_id, user_id) SELECT u.id, u.author_id FROM updates u WHERE {named}",
            f"INSERT INTO audience_members (audience_id, user_id) SELECT u.id, {viewer} FROM updates u WHERE {named} "
            f"AND u.author_id <> {viewer} AND u.team_id IN ({teams})",
            f"UPDATE updates AS u SET audience_id = id WHERE {named}",
            f"INSERT INTO comments {comment} {asked} u.created_at, u.created_at, 1 FROM updates u "
            f"WHERE {copied} AND u.published_at % 3 = 1",
            f"INSERT INTO comments {comment} {asked} NULL, u.created_at, 1 FROM updates u "
            f"WHERE {copied} AND u.published_at % 201 = 7",
            f"INSERT INTO watches {watch} SELECT u.id, {viewer}, 0, '[]', 1, true, 'watching', 0 FROM updates u WHERE {old}",
            f"INSERT INTO watches {watch} SELECT u.id, {other}, 0, '[]', 1, true, 'watching', 0 FROM updates u WHERE {mine}")

    def fill_rounds(self, copied):
        """A round for each earlier day; the team's updates of a day answer its round, each with a plan that was done."""
        rows, check_in, team = self.rows, self.rows.id(self.check_in), self.rows.id(self.teams[0])
        today = datetime.datetime.fromtimestamp(self.now / 1000, datetime.timezone.utc).date()
        listed = ", ".join(f"('{today - datetime.timedelta(days=day)}', {self.now - day * DAY_MS})" for day in range(1, DAYS + 1))
        team_audience = f"(SELECT audience_id FROM teams WHERE id = {team})"
        answers = f"{copied} AND u.team_id = {team} AND u.audience_id = {team_audience}"
        plan = "(id, check_in_id, from_round_id, user_id, update_id, text, state, settled_at, created_at)"
        rows.run(
            rows.copies("rounds", f"(VALUES {listed}) v JOIN rounds t ON t.id = {rows.id(self.round_id)}", id=rows.new_id,
                        held_on="v.column1", opened_at="v.column2", closes_at="v.column2", closed_at="v.column2",
                        state="'closed'"),
            f"UPDATE updates AS u SET round_id = (SELECT r.id FROM rounds r WHERE r.check_in_id = {check_in} AND r.opened_at = "
            f"{self.now} - (({self.now} - u.published_at) / {DAY_MS} + 1) * {DAY_MS}) WHERE {answers}",
            f"INSERT INTO plan_items {plan} SELECT {rows.new_id}, {check_in}, u.round_id, u.author_id, u.id, 'Write it down', "
            f"'done', u.published_at + {DAY_MS}, u.published_at FROM updates u WHERE {answers} AND u.round_id IS NOT NULL")

    def pages(self):
        team = f"/api/v1/teams/{self.teams[1]}/updates"
        return {"team feed": team, "round page": f"/api/v1/rounds/{self.round_id}", "catch-up": "/api/v1/me/catch-up?minutes=15"}


class Sender(threading.Thread):
    """Sends what is due, on a connection that stays open."""

    def __init__(self, workspace, paths, times, begin):
        super().__init__()
        self.workspace, self.paths, self.times, self.begin = workspace, paths, times, begin
        self.took, self.failed = [], None

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.workspace.instance.port, timeout=60)
        try:
            while (number := next(self.times, None)) is not None:
                due = self.begin + number / RATE
                time.sleep(max(0, due - time.monotonic()))
                name, path = self.paths[number % len(self.paths)]
                connection.request("GET", path, headers=self.workspace.viewer)
                answer = connection.getresponse()
                answer.read()
                lib.check(answer.status == 200, path, answer.status)
                self.took.append((name, (time.monotonic() - due) * 1000))
        except BaseException as error:
            self.failed = error
        connection.close()


class Numbers:
    """0, 1, ... for several threads."""

    def __init__(self, most):
        self.numbers, self.lock = iter(range(most)), threading.Lock()

    def __iter__(self):
        return self

    def __next__(self):
        with self.lock:
            return next(self.numbers)


def asked(workspace, paths):
    """Milliseconds of each request, by the page's name."""
    numbers, begin = Numbers(RATE * SECONDS), time.monotonic() + 0.1
    senders = [Sender(workspace, paths, numbers, begin) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    failed = next((sender.failed for sender in senders if sender.failed), None)
    if failed:
        raise failed
    took = {}
    for sender in senders:
        for name, ms in sender.took:
            took.setdefault(name, []).append(ms)
    return took


def rows_feed(programs, setup, rows):
    with tempfile.TemporaryDirectory() as folder:
        begin = time.monotonic()
        workspace = Workspace(programs, Path(folder, "data"), setup)
        print(f"P10{setup.said}: {UPDATES} updates made in {time.monotonic() - begin:.0f} s")
        try:
            pages = workspace.pages()
            for name, path in pages.items():
                # The first ones bring everybody's pages into memory.
                for _ in range(20):
                    status, _, text = workspace.instance.call("GET", path, None, workspace.viewer)
                    lib.check(status == 200, name, status, text[:300])
                told = json.loads(text)
                count = next(len(told[key]) for key in ("items", "responses") if key in told)
                print(f"P10{setup.said} {name}: {len(text) / 1000:.0f} kB, {count + len(told.get('later', []))} entries")
                took = asked(workspace, [(name, path)])[name]
                rows += [(f"P10 {name}{setup.said}: p99 at {RATE}/s", "ms", GOAL_MS, lib.quantile(took, 0.99)),
                         (f"P10 {name}{setup.said}: p50", "ms", None, lib.quantile(took, 0.5))]
            mixed = asked(workspace, list(pages.items()))
            everything = [ms for took in mixed.values() for ms in took]
            rows.append((f"P10 all three in turns{setup.said}: p99 at {RATE}/s", "ms", GOAL_MS, lib.quantile(everything, 0.99)))
        finally:
            workspace.instance.stop()
