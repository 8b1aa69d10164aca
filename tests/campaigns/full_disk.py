"""A disk that fills up while recordings come in: 507 with a name, and everything else goes on.

On a small tmpfs an upload is sent until there is no room. Then signing in, reading, playing, commenting and deleting still
work; nothing that was acknowledged is lost; and when there is room again the same upload goes on and becomes ready.

usage: full_disk.py [--programs FOLDER] [--size-mb 96]
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lib import FIXTURES, Instance, Upload, check, options, padded

MB = 1024 * 1024


def watch(instance, update):
    """Plays an update: master list, first variant, its first segment."""
    media = instance.status_of(update)["media"]["hls_url"]
    folder = media.rsplit("/", 1)[0]

    def names(path):
        status, _, text = instance.call("GET", path)
        check(status == 200, path, status)
        return [line for line in text.decode().splitlines() if line and not line.startswith("#")]

    variant = f"{folder}/{names(media)[0]}"
    segment = f"{variant.rsplit('/', 1)[0]}/{names(variant)[0]}"
    status, _, bytes_ = instance.call("GET", segment)
    check(status == 200 and len(bytes_) > 100, segment, status)


def fill(upload):
    """Sends until there is no room; how many requests were refused."""
    for _ in range(400):
        status, text = upload.send(700_000)
        if status == 204:
            continue
        check(status == 507 and json.loads(text)["code"] == "no_space", status, text)
        upload.ask()
        return
    check(False, "the disk did not fill up")


def main():
    wanted = options(__doc__, size_mb=96)
    if os.geteuid() != 0:
        print("full disk: LEFT OUT: root is needed for a small file system")
        sys.exit(3)
    folder = Path(tempfile.mkdtemp(prefix="meridian-full-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={wanted.size_mb}m", "tmpfs", folder], check=True)
    instance = None
    try:
        instance = Instance(wanted.programs, folder / "data")
        clip = (FIXTURES / "voice.webm").read_bytes()
        seen = Upload(instance, clip, "seen")
        check(seen.create()[0] == 201, "not created")
        seen.finish()
        check(instance.wait_ended(seen.update)["status"] == "ready", "the first is not ready")
        large = Upload(instance, padded(clip, wanted.size_mb * MB * 6 // 10, 1), "deleted for room")
        check(large.create()[0] == 201, "not created")
        large.finish()
        instance.wait_ended(large.update)
        upload = Upload(instance, padded(clip, wanted.size_mb * MB * 6 // 10, 2), "stopped")
        check(upload.create()[0] == 201, "not created")
        fill(upload)
        stopped = upload.acknowledged
        free = shutil.disk_usage(folder).free
        for attempt in range(200):
            check(instance.sign_in() == 200, "nobody can sign in, attempt", attempt)
        for _ in range(20):
            instance.api("POST", f"/updates/{seen.update}/comments", {"body": "Still here"})
        watch(instance, seen.update)
        for _ in range(3):
            fill(upload)
        check(upload.on_disk() == upload.acknowledged >= stopped, "something acknowledged is gone")
        instance.kill()
        instance.start()
        upload.ask()
        check(instance.sign_in() == 200, "nobody can sign in after a new start")
        instance.api("DELETE", f"/updates/{large.update}")
        # Its bytes go later by a job; an administrator makes room at once.
        shutil.rmtree(folder / "data/objects/uploads" / large.path.rsplit("/", 1)[1])
        upload.finish()
        check(upload.on_disk() == len(upload.content), "not whole")
        told = instance.wait_ended(upload.update)
        check(told["status"] == "ready", told)
        print(f"full disk of {wanted.size_mb} MB: 507 at {stopped / MB:.0f} MB of the upload with {free / MB:.1f} MB left; 200 "
              "sign-ins, 20 comments, playing, deleting and a restart worked; the upload went on and is ready")
    finally:
        if instance is not None and instance.server.poll() is None:
            instance.kill()
        for _ in range(100):
            if subprocess.run(["umount", folder], capture_output=True).returncode == 0:
                break
            time.sleep(0.05)
        folder.rmdir()


main()
