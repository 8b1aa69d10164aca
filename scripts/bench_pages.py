"""P14: the main pages in Lighthouse, and the script that the watch page loads before it plays."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = os.environ.get("MERIDIAN_PAGES_ROUNDS", "3")
GOALS = {"desktop": 95, "mobile": 85}


def rows_pages(instance, rows):
    """Signs in as the bench's own person, who has one recording with comments and a link for guests to it."""
    clip = ROOT / "tests/fixtures/media/spoken-update.webm"
    new = {"kind": "video", "title": "Payments are done", "publish": "now"}
    update = instance.api("POST", f"/teams/{instance.team}/updates", new)["id"]
    content = clip.read_bytes()
    tus = {"Authorization": f"Bearer {instance.token}", "Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)),
           "Content-Type": "application/offset+octet-stream"}
    status, text = instance.call("POST", f"/api/v1/uploads?update_id={update}", content, tus)
    if status != 201:
        sys.exit(f"the recording was not taken: {status} {text.decode()}")
    while (status := instance.api("GET", f"/updates/{update}")["status"]) not in ("playable", "ready"):
        if status == "failed":
            sys.exit("the recording could not be processed")
        time.sleep(0.2)
    instance.settle()
    instance.api("POST", f"/updates/{update}/comments", {"kind": "question", "body": "Which tests cover refunds?", "at_ms": 3200})
    instance.api("POST", f"/updates/{update}/comments", {"kind": "decision", "body": "We move on Tuesday.", "at_ms": 6000})
    link = instance.api("POST", f"/updates/{update}/share-links", {})["token"]
    told = subprocess.run(
        ["node", ROOT / "scripts/peers/pages.mjs", f"http://127.0.0.1:{instance.port}", "a@bench.example", "correct horse battery",
         update, link, ROUNDS], stdout=subprocess.PIPE, text=True, check=True).stdout
    for page, found in json.loads(told.strip().splitlines()[-1]).items():
        form = page.rpartition(", ")[2]
        if form == "unthrottled":
            rows.append((f"P14 {page}: LCP", "s", 1.0 if page.startswith("watch") else None, found["lcp_s"]))
            continue
        rows += [
            (f"P14 {page}: performance", "of 100", f">= {GOALS[form]}", found["performance"]),
            (f"P14 {page}: accessibility", "of 100", ">= 100", found["accessibility"]),
            (f"P14 {page}: best practices", "of 100", ">= 100", found["best-practices"]),
            (f"P14 {page}: LCP", "s", 2.5 if form == "mobile" else None, found["lcp_s"]),
            (f"P14 {page}: layout shift", "", 0.1, found["cls"]),
        ]
        if page.startswith("watch"):
            rows.append((f"P14 {page}: script before it plays", "kB", 220, found["script_kb"]))
        if found["short"]:
            print(f"{page}: {', '.join(found['short'])}")
