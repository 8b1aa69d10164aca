"""P14: the main pages in Lighthouse, and the script that the watch page loads before it plays."""

import json
import os
import subprocess
from pathlib import Path

from bench_bytes import uploaded

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = os.environ.get("MERIDIAN_PAGES_ROUNDS", "3")
GOALS = {"desktop": 95, "mobile": 85}


def rows_pages(instance, rows):
    """Signs in as the bench's own person, who has one recording with comments and a link for guests to it."""
    clip = ROOT / "tests/fixtures/media/spoken-update.webm"
    update = uploaded(instance, clip)
    instance.api("POST", f"/updates/{update}/comments", {"kind": "question", "body": "Which tests cover refunds?", "at_ms": 3200})
    instance.api("POST", f"/updates/{update}/comments", {"kind": "decision", "body": "We move on Tuesday.", "at_ms": 6000})
    link = instance.api("POST", f"/updates/{update}/share-links", {})["token"]
    told = subprocess.run(
        ["node", ROOT / "scripts/peers/pages.mjs", f"http://127.0.0.1:{instance.port}", "a@bench.example", "correct horse battery",
         update, link, ROUNDS], stdout=subprocess.PIPE, text=True, check=True).stdout
    for page, found in json.loads(told.strip().splitlines()[-1]).items():
        form = page.rpartition(", ")[2]
        if form == "unthrottled":
            watch = page.startswith("watch")
            rows.append((f"P14 {page}: LCP", "s", 1.0 if watch else None, found["lcp_s"]))
            rows.append((f"P14 {page}: script before it plays", "kB", 220 if watch else None, found["script_kb"]))
            continue
        rows += [
            (f"P14 {page}: performance", "of 100", f">= {GOALS[form]}", found["performance"]),
            (f"P14 {page}: accessibility", "of 100", ">= 100", found["accessibility"]),
            (f"P14 {page}: best practices", "of 100", ">= 100", found["best-practices"]),
            (f"P14 {page}: LCP", "s", 2.5 if form == "mobile" else None, found["lcp_s"]),
            (f"P14 {page}: layout shift", "", 0.1, found["cls"]),
        ]
        if found["short"]:
            print(f"{page}: {', '.join(found['short'])}")
