"""HLS as other programs see it: five updates (copied, encoded, voice alone, trimmed, made while it was recorded), judged by
three parsers of other people, ffprobe for every segment, and players (hls.js, Shaka, WebKitGTK where there is one).

For each list the parsers agree on every segment. For each segment: a key frame first, EXTINF within half a picture of the time
to the next segment's first picture, no hole and no step back between segments.

usage: hls.py [--programs FOLDER] [--players 1]; the Python of tests/clients/.venv has the parser that it needs
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import m3u8

from lib import FIXTURES, ROOT, Instance, Upload, check, ffmpeg, options

# EXTINF is written with so many digits.
ROUNDING_S = 0.0006
COPIED = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac")
ENCODED = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")


def fetch(instance, path):
    status, _, content = instance.call("GET", path)
    check(status == 200, path, status)
    return content


def by_node(text):
    told = json.loads(subprocess.run(["node", ROOT / "tests/clients/hls_parsers.mjs"], input=text.encode(), check=True,
                                     capture_output=True).stdout)
    check(not told["wrong"], "m3u8-parser:", told["wrong"])
    return told


def variants(text):
    """The variants that all three parsers see."""
    master = m3u8.loads(text)
    check(master.is_variant, "no variants")
    first = [{"uri": v.uri, "bandwidth": v.stream_info.bandwidth, "codecs": v.stream_info.codecs} for v in master.playlists]
    told = by_node(text)
    for name in ("hls-parser", "m3u8-parser"):
        check(told[name]["variants"] == first, name, told[name]["variants"], first)
    return first


def segments(text):
    """The segments that all three parsers see."""
    media = m3u8.loads(text)
    first = [{"uri": s.uri, "duration": s.duration, "map": s.init_section.uri, "broken": bool(s.discontinuity)} for s in media.segments]
    told = by_node(text)
    for name in ("hls-parser", "m3u8-parser"):
        check(told[name]["ended"] and media.is_endlist, name, "sees no end")
        check(told[name]["target"] == media.target_duration, name, told[name]["target"])
        check(told[name]["segments"] == first, name, told[name]["segments"], first)
    check(all(round(s["duration"]) <= media.target_duration for s in first), "longer than the target")
    return first


def packets(content):
    """Kind, first moment, end and key of each packet, in seconds."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(content)
        file.flush()
        told = json.loads(subprocess.run(
            ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "packet=codec_type,pts_time,duration_time,flags", file.name],
            check=True, capture_output=True).stdout)
    return [(p["codec_type"], float(p["pts_time"]), float(p["pts_time"]) + float(p.get("duration_time", 0)),
             p["flags"].startswith("K")) for p in told["packets"]]


def judge_segments(instance, name, folder, listed):
    """How many were judged."""
    seen = []
    for segment in listed:
        found = packets(fetch(instance, f"{folder}/{segment['map']}") + fetch(instance, f"{folder}/{segment['uri']}"))
        check(found, name, segment["uri"], "is empty")
        pictures = [p for p in found if p[0] == "video"]
        lead = pictures or found
        check(lead[0][3], name, segment["uri"], "begins without a key frame")
        starts = sorted(p[1] for p in lead)
        gaps = sorted(b - a for a, b in zip(starts, starts[1:]))
        seen.append((min(starts), max(p[2] for p in lead), gaps[len(gaps) // 2] if gaps else 0.04, segment))
    for (start, end, frame, segment), following in zip(seen, seen[1:] + [None]):
        until = following[0] if following and not following[3]["broken"] else end
        off = abs(until - start - segment["duration"])
        # The last one may be shown longer than its own length says: as long as the sound goes on.
        most = frame / 2 + ROUNDING_S if following else max(frame * 1.5, 0.15)
        check(off <= most, name, segment["uri"], "lasts", until - start, "and EXTINF says", segment["duration"])
        if following and not following[3]["broken"]:
            check(following[0] >= end - frame, name, segment["uri"], "is overlapped:", end, following[0])
    return len(seen)


def judge(instance, name, update, trimmed=False):
    """Judges an update's lists; the master list's path."""
    told = instance.status_of(update)
    path = told["media"]["hls_url"]
    folder = path.rsplit("/", 1)[0]
    listed, judged = variants(fetch(instance, path).decode()), 0
    for variant in listed:
        inner = f"{folder}/{variant['uri']}"
        found = segments(fetch(instance, inner).decode())
        total = sum(segment["duration"] for segment in found)
        # Of a trimmed one the list has whole segments; its player cuts the rest.
        over = total - told["duration_ms"] / 1000
        check(-0.25 < over < (12 if trimmed else 0.25), name, "lasts", total, "and the update", told["duration_ms"])
        judged += judge_segments(instance, f"{name} {variant['uri']}", inner.rsplit("/", 1)[0], found)
    print(f"hls: {name}: {len(listed)} variants, {judged} segments judged, {told['duration_ms'] / 1000:.2f} s", flush=True)
    return path


def made(folder, name, *arguments):
    """A clip of half a minute."""
    path = Path(folder, name)
    sources = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=30", "-f", "lavfi", "-i", "sine=frequency=440:duration=30"]
    ffmpeg(*sources, *arguments, path)
    return path


def uploaded(instance, file, trim=None):
    name = file.name
    upload = Upload(instance, file.read_bytes(), name)
    check(upload.create()[0] == 201, "not created")
    upload.finish()
    check(instance.wait_ended(upload.update)["status"] == "ready", name)
    if trim:
        instance.api("PATCH", f"/updates/{upload.update}", {"trim": {"start_ms": trim[0], "end_ms": trim[1]}})
    return upload.update


def live(instance):
    """Sent in pieces with its length told at the end, as a recorder does."""
    content = (FIXTURES / "spoken-update.webm").read_bytes()
    upload = Upload(instance, content, "live")
    headers = upload.tus({"Upload-Defer-Length": "1"})
    status, told, _ = instance.call("POST", f"/api/v1/uploads?update_id={upload.update}", None, headers)
    check(status == 201, status)
    upload.path = told["location"]
    pieces = 20
    for _ in range(pieces):
        status, text = upload.send(len(content) // pieces + 1)
        check(status == 204, status, text)
        time.sleep(0.5)
    headers = upload.tus({"Upload-Offset": str(len(content)), "Upload-Length": str(len(content)),
                          "Content-Type": "application/offset+octet-stream"})
    status, _, text = instance.call("PATCH", upload.path, b"", headers)
    check(status == 204, status, text)
    check(instance.wait_ended(upload.update)["status"] == "ready", "live")
    return upload.update


def main():
    wanted = options(__doc__, players=1)
    with tempfile.TemporaryDirectory(prefix="meridian-hls-") as folder, tempfile.TemporaryDirectory() as sources:
        instance = Instance(wanted.programs, folder)
        try:
            paths = [
                judge(instance, "copied", uploaded(instance, made(sources, "a.mp4", *COPIED))),
                judge(instance, "encoded", uploaded(instance, made(sources, "b.webm", *ENCODED))),
                judge(instance, "voice", uploaded(instance, made(sources, "c.webm", "-vn", "-c:a", "libopus"))),
                judge(instance, "trimmed", uploaded(instance, made(sources, "d.webm", *ENCODED), (7_300, 21_900)), True),
                judge(instance, "live", live(instance)),
            ]
            if wanted.players:
                command = ["node", ROOT / "tests/browser/hls.mjs", f"http://127.0.0.1:{instance.port}", *paths]
                if Path("/usr/bin/xvfb-run").exists():
                    command = ["xvfb-run", "-a", *command]
                told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
                # WebKit's sources for media are told of, not judged: there its own player is what is asked for.
                wrong = [played for played in told if played.get("error") and played["player"] != "WebKitGTK, hls.js"]
                for player in dict.fromkeys(played["player"] for played in told):
                    fine = [played for played in told if played["player"] == player and not played.get("error")]
                    print(f"hls: {player} played {len(fine)} of {len(paths)}")
                check(not wrong, wrong)
        finally:
            instance.kill()


if __name__ == "__main__":
    sys.exit(main())
