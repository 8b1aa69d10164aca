"""Loads a sample workspace: three people in three time zones, two teams, recordings, a text, comments, a stand-up.

usage: demo.py BASE FILE; FILE keeps the sign-in data, so that a second run finds them again.
"""

import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

CLIPS = Path(__file__).resolve().parent.parent / "tests/fixtures/media"
PEOPLE = [("Ada Brandt", "ada", "Europe/Berlin"), ("Ben Rao", "ben", "Asia/Kolkata"), ("Carla Dias", "carla", "America/Sao_Paulo")]
TEXT = """The rate limit of the partner API is the one thing that slows us down.

- **Done:** retries wait longer each time; the error page says what happened.
- **Next:** ask the partner for a higher limit.
"""

STAND_UP = {
    "name": "Daily stand-up",
    "prompts": ["What did you finish?", "What is next?", "What is in your way?"],
    "schedule": {"days": ["mo", "tu", "we", "th", "fr"], "at": "09:00", "zone": "member"},
    "open_for_minutes": 720,
    "replaces_meeting_minutes": 15,
}
ANSWER = """The retries are in, with tests.

Next I write to the partner about the limit. Nothing is in my way.
"""


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status, problem):
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail') or problem.get('title') or ''}")
        self.status = status


class Instance:
    """The public API."""

    def __init__(self, base):
        self.base = base

    def call(self, method, path, body=None, token=None, headers=None):
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = body
        if body is not None and not isinstance(body, bytes):
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(f"{self.base}/api/v1{path}", data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return json.loads(text) if text else {}
        except urllib.error.HTTPError as error:
            try:
                problem = json.loads(error.read())
            except ValueError:
                problem = {}
            raise Refused(error.code, problem) from error

    def sign_up(self, person, password, **more):
        name, short, zone = person
        account = {"email": f"{short}@demo.example", "password": password, "display_name": name, "time_zone": zone, **more}
        return self.call("POST", "/auth/signup", account)

    def recording(self, token, team, clip, kind, title, **more):
        new = {"kind": kind, "title": title, "publish": "now", **more}
        update = self.call("POST", f"/teams/{team}/updates", new, token)["id"]
        content = (CLIPS / clip).read_bytes()
        tus = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)), "Content-Type": "application/offset+octet-stream"}
        self.call("POST", f"/uploads?update_id={update}", content, token, tus)
        return update

    def comment(self, token, update, kind, body, at_ms=None, **more):
        self.call("POST", f"/updates/{update}/comments", {"kind": kind, "body": body, "at_ms": at_ms, **more}, token)

    def wait(self, token, updates):
        """Until all play and are transcribed; at most five minutes."""
        end = time.monotonic() + 300
        for update in updates:
            while (status := self.call("GET", f"/updates/{update}", token=token)["status"]) not in ("ready", "failed"):
                if time.monotonic() > end:
                    print("The recordings are still being processed; they appear by themselves.", file=sys.stderr)
                    return
                time.sleep(0.5)
            if status == "failed":
                sys.exit(f"update {update} could not be processed: see make logs")


def tell(base, kept, what):
    print(f"{what}\n\n  {base}/sign-in")
    for name, short, zone in PEOPLE:
        print(f"  {short + '@demo.example':22} {name}, {zone}")
    print(f"  password of each: {kept['password']}")


def load(api, ada, password):
    workspace, ada_token = ada["workspace"]["id"], ada["access_token"]
    teams = [
        api.call("POST", f"/workspaces/{workspace}/teams", {"name": name}, ada_token)["id"] for name in ("Product", "Platform")
    ]
    tokens, ids = [ada_token], [ada["user"]["id"]]
    for person in PEOPLE[1:]:
        body = {"role": "member", "team_ids": teams}
        invite = api.call("POST", f"/workspaces/{workspace}/invites", body, ada_token)
        joined = api.sign_up(person, password, invite_token=invite["token"])
        tokens.append(joined["access_token"])
        ids.append(joined["user"]["id"])
    _, ben_token, carla_token = tokens
    upright = api.recording(carla_token, teams[0], "rotated.mp4", "video", "The new boarding screen on a phone")
    voice = api.recording(ben_token, teams[1], "voice.webm", "voice", "The search index is ready for review")
    text = {"kind": "text", "title": "Where the partner API slows us down", "body": TEXT, "publish": "now"}
    written = api.call("POST", f"/teams/{teams[1]}/updates", text, carla_token)["id"]
    spoken = api.recording(ada_token, teams[0], "spoken-update.webm", "video", "Payments are done, the database moves next")
    # Today's round is open: Ben and Carla have answered it, Ada is waited for.
    check_in = api.call("POST", f"/teams/{teams[1]}/check-ins", STAND_UP, ada_token)["id"]
    today = api.call("POST", f"/check-ins/{check_in}/open", {}, ada_token)["id"]
    answer = {"kind": "text", "title": "", "body": ANSWER, "publish": "now", "round_id": today}
    api.call("POST", f"/teams/{teams[1]}/updates", answer, carla_token)
    said = api.recording(ben_token, teams[1], "voice.webm", "voice", "", round_id=today)
    api.wait(ada_token, [upright, voice, spoken, said])
    api.comment(ben_token, spoken, "question", "Which tests cover refunds?", 3200)
    api.comment(ada_token, spoken, "decision", "We move the customer database on Tuesday.", 6000)
    api.comment(carla_token, spoken, "blocker", "The new server has no backup yet.", 7500, assignee_id=ids[1])
    api.comment(ben_token, spoken, "comment", "I read the plan before lunch.", 10500)
    api.comment(ada_token, voice, "comment", "Thank you, I look at it this afternoon.", 2000)
    api.comment(ben_token, written, "question", "Whom do we know there?")


def main():
    base, path = sys.argv[1], Path(sys.argv[2])
    api = Instance(base)
    if path.exists():
        kept = json.loads(path.read_text())
        try:
            api.call("POST", "/auth/login", {"email": "ada@demo.example", "password": kept["password"]})
        except Refused as refused:
            sys.exit(f"{path} is from an earlier demo whose account does not open ({refused}); remove that file to load it anew.")
        tell(base, kept, "The sample workspace is there already.")
        return
    kept = {"password": secrets.token_urlsafe(12)}
    try:
        ada = api.sign_up(PEOPLE[0], kept["password"], workspace_name="Ferrywise")
    except Refused as refused:
        if refused.status == 403:
            sys.exit(
                "This instance has an owner and takes new accounts by invitation only: load the sample into one of its own with\n"
                "  export MERIDIAN_LISTEN=127.0.0.1:8099 MERIDIAN_DATA_DIR=data-demo; make up demo"
            )
        sys.exit(f"The sample could not be loaded: {refused}")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file)
    try:
        load(api, ada, kept["password"])
    except Refused as refused:
        sys.exit(f"The sample is loaded in part only: {refused}")
    tell(base, kept, "The sample workspace is loaded.")


if __name__ == "__main__":
    main()
