"""Search for bench.py (P9): a million segments, a viewer who sees 3 of 40 teams, the first 20.

Beside Meridian's whole answer over HTTP stand a query written by hand over the same texts in SQLite's FTS5, and tantivy, both
asked in this process: what a request costs besides the search counts against Meridian.
"""

import http.client
import itertools
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from bench_bytes import lib
from bench_setup import Rows

SEGMENTS = int(os.environ.get("MERIDIAN_BENCH_SEGMENTS", "1_000_000"))
AN_UPDATE = 1000
TEAMS, SEEN = 40, 3
WORDS_A_SEGMENT = 12
ASKED = 60
SENDERS = 2


def vocabulary(chance):
    """20,000 words that can be spoken, no two alike."""
    consonants, vowels = "b c d f g h j k l m n p r s t v w z br ch dr gr pl st tr".split(), "a e i o u ai ea ou".split()
    words = {}
    while len(words) < 20_000:
        word = "".join(chance.choice(consonants) + chance.choice(vowels) for _ in range(chance.randrange(1, 4)))
        words[word + chance.choice(["", "n", "r", "l", "m", "t"])] = None
    return list(words)


def texts(words, seed):
    """A segment after the other; some words are common, most are rare, as in speech."""
    chance = random.Random(seed)
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))
    while True:
        spoken = chance.choices(words, cum_weights=weights, k=1000 * WORDS_A_SEGMENT)
        for start in range(0, len(spoken), WORDS_A_SEGMENT):
            yield " ".join(spoken[start:start + WORDS_A_SEGMENT])


def questions(words, lines, chance):
    """By kind of question."""
    spoken = [line.split() for line in chance.sample(lines, 400)]
    common = words[:20]
    middle = [word for word in words[100:3000] if len(word) >= 5]
    misspelt = [word[:2] + word[3] + word[2] + word[4:] for word in middle if len(word) >= 6 and word[2] != word[3]]
    known = set(words)
    return {
        "one word": [chance.choice(middle) for _ in range(ASKED)],
        "a common word": [chance.choice(common) for _ in range(ASKED)],
        "three words": [" ".join(chance.sample(line, 3)) for line in spoken[:ASKED]],
        "phrase": [f'"{" ".join(line[2:5])}"' for line in spoken[ASKED:2 * ASKED]],
        "prefix": [chance.choice(middle)[:4] + "*" for _ in range(ASKED)],
        "misspelt": [word for word in misspelt if word not in known][:ASKED],
    }


class Ours:
    def __init__(self, programs, folder, env=None):
        self.instance = lib.Instance(programs, folder, workers=0, env=env)
        made = self.instance.api("GET", "/workspaces")
        self.workspace = (made.get("items") or made)[0]["id"]
        self.teams = [self.instance.api("POST", f"/workspaces/{self.workspace}/teams",
                                        {"name": f"Team {number}", "visibility": "private"})["id"] for number in range(TEAMS)]
        self.viewer, self.connection = None, None

    def fill(self, updates):
        """One imported transcript an update, round the teams."""
        waiting, lock = list(enumerate(updates)), threading.Lock()

        def work():
            while True:
                with lock:
                    if not waiting:
                        return
                    number, lines = waiting.pop()
                team = self.teams[number % TEAMS]
                update = self.instance.api("POST", f"/teams/{team}/updates", {"kind": "video", "title": f"Talk {number}"})["id"]
                cues = "".join(f"{clock(i * 4)} --> {clock(i * 4 + 4)}\n{line}\n\n" for i, line in enumerate(lines))
                status, _, text = self.instance.call(
                    "PUT", f"/api/v1/updates/{update}/transcript?language=en", f"WEBVTT\n\n{cues}",
                    self.instance.bearer({"Content-Type": "text/vtt"}))
                if status == 401:
                    self.instance.sign_in()
                    with lock:
                        waiting.append((number, lines))
                elif status != 200:
                    sys.exit(f"a transcript was not taken: {status} {text[:300]}")

        threads = [threading.Thread(target=work) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def settle(self):
        """A worker joins the parts of the index, as it does where much has come; its sweeps follow each other faster here."""
        begin = time.monotonic()
        self.instance.stop()
        self.instance.workers, self.instance.env = 1, {"MERIDIAN_TEST_SWEEP_MS": "300"}
        self.instance.start()
        asked = "SELECT COUNT(*) FROM figures WHERE name = 'search_tidied_rows' AND total >= ?"
        while True:
            with closing(sqlite3.connect(f"file:{self.instance.data}/meridian.db?mode=ro", uri=True)) as db:
                if db.execute(asked, (SEGMENTS,)).fetchone()[0]:
                    return time.monotonic() - begin
            if time.monotonic() - begin > 600:
                sys.exit("the index was not joined")
            time.sleep(0.5)

    def join(self):
        """A member of three of the teams."""
        invite = self.instance.api("POST", f"/workspaces/{self.workspace}/invites",
                                   {"role": "guest", "team_ids": self.teams[:SEEN]})["token"]
        account = {"email": "b@bench.example", "password": lib.PASSWORD, "display_name": "B", "time_zone": "UTC",
                   "invite_token": invite}
        status, _, text = self.instance.call("POST", "/api/v1/auth/signup", json.dumps(account),
                                             {"Content-Type": "application/json"})
        if status != 201:
            sys.exit(f"the viewer did not sign up: {status} {text}")
        self.viewer = {"Authorization": f"Bearer {json.loads(text)['access_token']}"}

    def ask(self, question):
        path = f"/api/v1/search?workspace_id={self.workspace}&limit=20&q={quote(question)}"
        self.connection.request("GET", path, headers=self.viewer)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"search: {answer.status} {text[:300]}")
        return len(json.loads(text)["items"])


class ByHand:
    """What one would type: FTS5 with Porter's stemmer, the segments' teams in a table."""

    name = "SQLite"

    def __init__(self, folder, updates):
        self.db = sqlite3.connect(Path(folder, "hand.db"))
        self.db.executescript("CREATE TABLE s (id INTEGER PRIMARY KEY, team INTEGER NOT NULL, text TEXT NOT NULL);"
                              "CREATE VIRTUAL TABLE f USING fts5(text, content='s', content_rowid='id', "
                              "prefix='2 3', tokenize='porter unicode61')")
        rows = ((number % TEAMS, line) for number, lines in enumerate(updates) for line in lines)
        self.db.executemany("INSERT INTO s (team, text) VALUES (?, ?)", rows)
        self.db.execute("INSERT INTO f (f) VALUES ('rebuild')")
        self.db.commit()

    def ask(self, question):
        found = self.db.execute("SELECT s.id, s.text FROM f JOIN s ON s.id = f.rowid WHERE f MATCH ? AND s.team < ? "
                                "ORDER BY f.rank LIMIT 20", (question, SEEN))
        return len(found.fetchall())


class ByHandInPostgres:
    """The same in PostgreSQL: a generated tsvector, GIN, and psql that stays open."""

    name = "PostgreSQL"

    def __init__(self, setup, updates):
        setup.psql("postgres", "CREATE DATABASE hand")
        lines = "".join(f"{number % TEAMS}\t{line}\n" for number, lines in enumerate(updates) for line in lines)
        setup.psql("hand", "CREATE TABLE s (id bigserial PRIMARY KEY, team bigint NOT NULL, text text NOT NULL, v tsvector "
                   "GENERATED ALWAYS AS (to_tsvector('english', text)) STORED);\n"
                   f"COPY s (team, text) FROM stdin;\n{lines}\\.\nCREATE INDEX ON s USING gin (v);\nVACUUM ANALYZE s;\n")
        self.session = subprocess.Popen(["stdbuf", "-oL", *setup.client("hand")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)

    def ask(self, question):
        if question.startswith("\""):
            query = f"phraseto_tsquery('english', '{question[1:-1]}')"
        else:
            words = " & ".join(word.replace("*", ":*") for word in question.split())
            query = f"to_tsquery('english', '{words}')"
        self.session.stdin.write(f"SELECT s.id, s.text FROM s, {query} q WHERE s.v @@ q AND s.team < {SEEN} "
                                 "ORDER BY ts_rank(s.v, q) DESC LIMIT 20;\n\\echo -\n")
        found = 0
        while (line := self.session.stdout.readline()) != "-\n":
            if not line:
                sys.exit("psql has ended")
            found += 1
        return found


class Tantivy:
    """Its stemming tokenizer, the team as a term."""

    def __init__(self, folder, updates):
        import tantivy
        where = Path(folder, "tantivy")
        where.mkdir()
        schema = tantivy.SchemaBuilder().add_text_field("text", tokenizer_name="en_stem").add_integer_field(
            "team", indexed=True).add_integer_field("id", stored=True).build()
        self.index = tantivy.Index(schema, path=str(where))
        writer = self.index.writer(256_000_000, 1)
        for number, lines in enumerate(updates):
            for line in lines:
                writer.add_document(tantivy.Document(text=line, team=number % TEAMS, id=number))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def ask(self, question):
        teams = " ".join(f"team:{number}" for number in range(SEEN))
        words = question if question.startswith('"') else " AND ".join(f"text:{word}" for word in question.split())
        query = self.index.parse_query(f"({words}) AND ({teams})", ["text"])
        return len([self.searcher.doc(address)["id"] for _, address in self.searcher.search(query, 20).hits])


def timed(server, asked):
    """Milliseconds of each question, in order, and how many found something."""
    took, found = [], 0
    for question in asked:
        begin = time.perf_counter()
        found += server.ask(question) > 0
        took.append((time.perf_counter() - begin) * 1000)
    return took, found


def rows_search(programs, setup, rows):
    chance = random.Random(7)
    words = vocabulary(chance)
    lines = list(itertools.islice(texts(words, 8), SEGMENTS))
    updates = [lines[start:start + AN_UPDATE] for start in range(0, SEGMENTS, AN_UPDATE)]
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(programs, Path(folder, "ours"), setup.env())
        try:
            begin = time.monotonic()
            ours.fill(updates)
            rows.append((f"P9 {SEGMENTS:,} segments taken in{setup.said}", "s", None, time.monotonic() - begin))
            if setup.name == "embedded":
                rows.append(("P9 its index joined by the worker", "s", None, ours.settle()))
            ours.join()
            Rows(setup, ours.instance).settle()
            embedded = setup.name == "embedded"
            by_hand = ByHand(folder, updates) if embedded else ByHandInPostgres(setup, updates)
            tantivy = Tantivy(folder, updates) if embedded else None
            ours.connection = http.client.HTTPConnection("127.0.0.1", ours.instance.port, timeout=60)
            seen = [line for number, some in enumerate(updates) if number % TEAMS < SEEN for line in some]
            for kind, asked in questions(words, seen, chance).items():
                goal = {"prefix": 20, "misspelt": 30}.get(kind, 10)
                # The first time brings everybody's pages into memory.
                for server in (by_hand, ours):
                    # The server ended the connection while others were asked; a closed one opens again.
                    ours.connection.close()
                    timed(server, asked[:10])
                took, found = timed(ours, asked)
                p50, p99 = statistics.median(took), lib.quantile(took, 0.99)
                rows += [(f"P9 {kind}{setup.said}: p50 over HTTP", "ms", goal, p50), (f"P9 {kind}{setup.said}: p99", "ms", 50, p99),
                         (f"P9 {kind}{setup.said}: questions with a hit", "%", None, 100 * found / len(asked))]
                if kind == "misspelt":
                    continue
                hand = statistics.median(timed(by_hand, asked)[0])
                rows += [(f"P9 {kind}{setup.said}: p50, ours / {by_hand.name} by hand", "x", 1.3, p50 / hand),
                         (f"P9 {kind}{setup.said}: p50 by hand", "ms", None, hand)]
                if tantivy and kind != "prefix":
                    rows.append((f"P9 {kind}: p50 of tantivy", "ms", None, statistics.median(timed(tantivy, asked)[0])))
        finally:
            ours.instance.stop()


def clock(seconds):
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000"
