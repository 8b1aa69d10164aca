"""SIGKILLs of the server while rounds open, remind and close and mail goes out, over working days of a team in five zones.

The test clock goes from instant to instant at which something is due. At most of them the server is killed at some moment while
it acts, sometimes twice, and started again at the same minute. What has to happen is reckoned by Python's zoneinfo. At the end
every opening, reminder, closing and digest has happened exactly once and in its own minute; a mail whose sending a kill
interrupted may have come twice, under one Message-ID, at most one a kill.

usage: rounds.py [--programs FOLDER] [--seed N] [--days 8]
"""

import collections
import datetime
import email
import email.utils
import json
import os
import random
import socketserver
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

from lib import PASSWORD, Instance, check, options

ZONES = {"a": "UTC", "aroha": "Pacific/Auckland", "ravi": "Asia/Kolkata", "jonas": "Europe/Berlin", "nora": "America/New_York"}
# A Monday; the clocks of Europe changed the day before, those of New York change on the next Sunday.
FIRST = datetime.date(2026, 10, 26)
BEFORE = "2026-10-24T12:00:00Z"
OPEN_MINUTES, REMIND_MINUTES = 180, 60
KINDS = ("round.opened", "round.due", "round.closed")


class Sink(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it gets, and takes its time to say so."""

    daemon_threads = True

    def __init__(self, chance):
        super().__init__(("127.0.0.1", 0), Talk)
        self.chance, self.came, self.answering = chance, [], 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def keep(self, raw):
        mail = email.message_from_bytes(raw)
        at = email.utils.parsedate_to_datetime(mail["Date"])
        self.came.append((mail["Message-ID"], mail["To"], minute(at)))

    def handle_error(self, request, client_address):
        """The other side was killed."""


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 sink")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 go")
                self.server.keep(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.server.answering += 1
                time.sleep(self.server.chance.uniform(0, 0.3))
                self.server.answering -= 1
            self.say("221 bye" if word == b"QUIT" else "250 sink")

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


def minute(at):
    return int(at.timestamp()) // 60


def working_days(count):
    days = (FIRST + datetime.timedelta(days=n) for n in range(2 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


def wall(who, day, hour, minutes=0):
    """The minute at which somebody's clock shows a time."""
    return minute(datetime.datetime.combine(day, datetime.time(hour, minutes), ZoneInfo(ZONES[who])))


def expected(days):
    """Events as (kind, date, who, minutes before) by minute, mails as (kind, who) by minute, when a digest is decided on, if only to
    say that there is nothing, and when A writes."""
    events, mails = collections.defaultdict(list), collections.defaultdict(list)
    writes = [wall("a", day, 10, 5) for day in days]
    mornings = sorted(wall(who, day, 8, 30) for who in ZONES for day in days)
    for day in days:
        opens = {who: wall(who, day, 9) for who in ZONES}
        events[min(opens.values())].append(("round.opened", str(day), None, None))
        events[max(opens.values()) + OPEN_MINUTES].append(("round.closed", str(day), None, None))
        for who, at in opens.items():
            for before, told in ((None, at), (REMIND_MINUTES, at + OPEN_MINUTES - REMIND_MINUTES)):
                events[told].append(("round.due", str(day), who, before))
                mails[told].append(("round", who))
    for who in ZONES:
        last = 0
        for at in (wall(who, day, 8, 30) for day in days):
            if who != "a" and any(last < written <= at for written in writes):
                mails[at].append(("digest", who))
            last = at
    return events, mails, mornings, writes


class Team:
    """A server on the test clock and its team."""

    def __init__(self, programs, folder, sink, days):
        self.clock, self.sink = Path(folder) / "clock", sink
        self.at(BEFORE)
        env = {"MERIDIAN_TEST_CLOCK": str(self.clock), "MERIDIAN_SMTP_URL": f"smtp://127.0.0.1:{sink.server_address[1]}"}
        self.instance = Instance(programs, Path(folder) / "data", workers=0, env=env)
        me = self.instance.api("GET", "/me")
        self.names = {me["id"]: "a"}
        self.happened = {}
        for who in list(ZONES)[1:]:
            self.invite(me["workspaces"][0]["id"], who)
        rule = {"days": ["mo", "tu", "we", "th", "fr"], "at": "09:00", "zone": "member", "starts_on": str(days[0]), "ends_on": str(days[-1])}
        self.instance.api("POST", f"/teams/{self.instance.team}/check-ins", {
            "name": "Stand-up", "prompts": ["What is next?"], "schedule": rule, "open_for_minutes": OPEN_MINUTES,
            "remind_before_minutes": [REMIND_MINUTES]})

    def invite(self, workspace, who):
        token = self.instance.api("POST", f"/workspaces/{workspace}/invites", {"role": "member", "team_ids": [self.instance.team]})["token"]
        account = {"email": f"{who}@campaign.example", "password": PASSWORD, "display_name": who, "time_zone": ZONES[who],
                   "invite_token": token}
        status, _, text = self.instance.call("POST", "/api/v1/auth/signup", json.dumps(account), {"Content-Type": "application/json"})
        check(status == 201, status, text)
        self.names[json.loads(text)["user"]["id"]] = who

    def at(self, instant):
        """Whole at every moment: a clock that cannot be read is the machine's."""
        new = self.clock.with_suffix(".new")
        new.write_text(instant)
        os.replace(new, self.clock)

    def rows(self, sql):
        path = f"file:{self.instance.data}/meridian.db?mode=ro"
        with closing(sqlite3.connect(path, uri=True, timeout=30)) as database:
            return database.execute(sql).fetchall()

    def events(self):
        """(minute, (kind, date, who, minutes before)) of each, as often as it happened. The server keeps events for some days only:
        those of earlier questions are remembered."""
        found = self.rows(f"SELECT seq, kind, at, data FROM events WHERE kind IN {KINDS}")
        self.happened.update({seq: what for seq, *what in found})
        for kind, at, text in self.happened.values():
            data = json.loads(text)
            yield at // 60_000, (kind, data["date"], self.names.get(data.get("user_id")), data.get("minutes_before"))

    def mails(self):
        """(minute, (kind, who)) of each Message-ID."""
        for name, to, at in dict((mail[0], mail) for mail in list(self.sink.came)).values():
            yield at, (name.strip("<").split(".")[0], email.utils.parseaddr(to)[1].split("@")[0])

    def settled(self, digests):
        """Whether so many digests are decided on, and every mail is on its way no more."""
        open_mails, decided = self.rows("SELECT coalesce(sum(state IN ('queued', 'sending')), 0), "
                                        "coalesce(sum(kind = 'digest'), 0) FROM mails")[0]
        return open_mails == 0 and decided >= digests

    def die(self):
        """SIGKILL, and a new server; what the dead one held is free at once."""
        self.instance.kill()
        with closing(sqlite3.connect(self.instance.data / "meridian.db", timeout=30)) as database, database:
            database.execute("UPDATE mails SET lease_until = 1 WHERE lease_until IS NOT NULL")
        self.instance.start()


def left(team, at, events, mails):
    """What is due at a minute and has not happened."""
    happened, came = list(team.events()), list(team.mails())
    return [one for one in events if (at, one) not in happened] + [one for one in mails if (at, one) not in came]


def live(team, at, events, mails, digests, chance, told):
    """One instant: kills in its midst, then everything that is due happens."""
    instant = f"{datetime.datetime.fromtimestamp(at * 60, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
    team.at(instant)
    for likely in (0.8, 0.3):
        if chance.random() > likely:
            break
        time.sleep(chance.uniform(0, 1.6))
        under_way = team.sink.answering > 0
        told["kills"] += 1
        told["with something left to do"] += bool(left(team, at, events, mails))
        told["with a mail on its way"] += under_way
        team.die()
        team.at(instant)
    begin = time.monotonic()
    while (missing := left(team, at, events, mails)) or not team.settled(digests):
        check(time.monotonic() - begin < 40, instant, "missing:", missing, team.instance.log())
        time.sleep(0.05)


def judge(team, events, mails, told):
    """Everything once, in its minute, and nothing else."""
    happened = collections.Counter(team.events())
    wanted = {(at, one) for at, all in events.items() for one in all}
    check(set(happened) == wanted, "other events:", set(happened) ^ wanted)
    twice = [one for one, count in happened.items() if count > 1]
    check(not twice, "happened twice:", twice)
    came = collections.Counter(team.mails())
    check(came == collections.Counter((at, one) for at, all in mails.items() for one in all), "other mails:", came)
    repeats = len(team.sink.came) - len({mail[0] for mail in team.sink.came})
    check(repeats <= told["kills"], repeats, "mails came again")
    entries, distinct = team.rows("SELECT count(*), count(DISTINCT hex(user_id) || hex(round_id)) FROM notifications "
                                  "WHERE kind = 'round'")[0]
    check(entries == distinct == sum(one[0] == "round.opened" for all in events.values() for one in all) * len(ZONES),
          entries, "entries of inboxes,", distinct, "different")
    kinds = collections.Counter(one[0] for _, one in happened)
    told.update(dict(kinds), digests=sum(one[0] == "digest" for _, one in came), mails=len(came), **{"mails again": repeats})


def main():
    wanted = options(__doc__, days=8)
    chance, told, begin = random.Random(wanted.seed), collections.Counter(), time.monotonic()
    days = working_days(wanted.days)
    events, mails, mornings, writes = expected(days)
    with tempfile.TemporaryDirectory(prefix="meridian-rounds-") as folder:
        team = Team(wanted.programs, folder, Sink(random.Random(wanted.seed)), days)
        try:
            for at in sorted({*events, *mails, *mornings, *writes}):
                if at in writes:
                    team.at(f"{datetime.datetime.fromtimestamp(at * 60, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}")
                    team.instance.api("POST", f"/teams/{team.instance.team}/updates", {"kind": "text", "body": "Done."})
                live(team, at, events[at], mails[at], sum(one <= at for one in mornings), chance, told)
            judge(team, events, mails, told)
        finally:
            if team.instance.server.poll() is None:
                team.instance.kill()
    check(told["with something left to do"] * 4 >= told["kills"], "too few kills hit anything", dict(told))
    print(f"rounds: {wanted.days} working days in {len(ZONES)} zones, {dict(told)}; each opening, reminder, closing and digest "
          f"once, in its minute; {time.monotonic() - begin:.0f} s")


main()
