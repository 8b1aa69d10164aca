"""Who works on an instance while it is harmed: workers of their own and senders; and what has to hold afterwards."""

import os
import random
import signal
import subprocess
import tempfile
import threading
import time

from lib import ENDED, Away, Broken, Upload, again, check, children

# Leases of a second: what a killed worker held is taken up in the same campaign.
TIMES = {"MERIDIAN_TEST_LEASE_MS": "1500", "MERIDIAN_TEST_SWEEP_MS": "300"}
RUNNING = "SELECT lease_owner FROM jobs WHERE state = 'running' AND kind = 'process_update'"


class Workers:
    """Worker processes of their own: a supervisor would wait longer after each death."""

    def __init__(self, instance, count=2):
        self.instance, self.running = instance, []
        for _ in range(count):
            self.start()

    def start(self):
        env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "MERIDIAN_DATA_DIR": str(self.instance.data),
               "MERIDIAN_LOG": "error", "MERIDIAN_MODEL_DIR": str(self.instance.data / "no-models"), **TIMES, **self.instance.env}
        with open(self.instance.log_path, "a") as log:
            worker = subprocess.Popen([self.instance.programs / "meridian-worker", "run"], env=env, stdout=log, stderr=log,
                                      cwd=tempfile.gettempdir())
        self.running.append(worker)

    def owners(self, setup):
        """The processes that have an update in their hands."""
        return {int(owner.split("-", 1)[0]) for owner, in setup.rows(RUNNING)}

    def busy(self, setup):
        """A worker that has an update in its hands; None: nobody has."""
        owners = self.owners(setup)
        return next((worker for worker in self.running if worker.pid in owners), None)

    def kill(self, worker):
        """SIGKILL; a new one follows."""
        self.running.remove(worker)
        worker.kill()
        worker.wait()
        self.start()

    def kill_child(self, chance):
        """SIGKILL for a media child; False: there is none."""
        found = sorted(child for worker in self.running for child in children(worker.pid))
        if not found:
            return False
        try:
            os.kill(chance.choice(found), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def replace(self, worker):
        """SIGTERM, and a new one when it has handed back what it had."""
        self.running.remove(worker)
        worker.terminate()
        status = worker.wait(60)
        check(status == 0, "a worker ended with", status)
        self.start()

    def end(self):
        for worker in self.running:
            worker.kill()
            worker.wait()


class Sender(threading.Thread):
    """Uploads one clip after another, going on where the server stands after each break: `count` clips, or until `ending`."""

    def __init__(self, instance, seed, clips, ending=None, count=None, break_allowed=True):
        super().__init__()
        self.instance, self.chance, self.clips, self.ending = instance, random.Random(seed), clips, ending or threading.Event()
        self.left, self.break_allowed = count, break_allowed
        self.done, self.sending, self.away, self.wrong = [], False, 0, None

    def run(self):
        try:
            while not self.ending.is_set() and self.left != 0:
                self.send()
                self.left = None if self.left is None else self.left - 1
        except Exception as error:  # Told at the end.
            self.wrong = error
        finally:
            self.sending = False

    def again(self, act):
        """Tries again after 503 or 507, and after a break where that may happen."""
        def tried():
            try:
                return act()
            except Broken as error:
                check(self.break_allowed or isinstance(error, Away), "a request had no answer:", error)
                self.away += isinstance(error, Away)
                raise
        return again(tried)

    def able(self, act):
        status, text = act()
        if status in (503, 507):
            raise Away(text)
        return status, text

    def send(self):
        content = self.chance.choice(self.clips)
        upload = self.again(lambda: Upload(self.instance, content))
        status, text = self.again(lambda: self.able(upload.create))
        check(status in (201, 409) and upload.path is not None, "not created:", status, text)
        while upload.acknowledged < len(content):
            try:
                self.sending = True
                status, text = self.able(lambda: upload.send(self.chance.choice([3_000, 40_000, 500_000])))
                self.sending = False
            except Broken as error:
                check(self.break_allowed or isinstance(error, Away), "a part had no answer:", error)
                self.away += isinstance(error, Away)
                self.again(upload.ask)
                continue
            if status in (401, 409):
                # Signs in again where that is it; or what was sent before a break was kept after all.
                self.again(upload.ask)
                continue
            check(status == 204, status, text)
        self.done.append(upload)
        # So that the workers keep up.
        if self.left is None:
            time.sleep(self.chance.random())


def stored(setup, upload):
    """The bytes that database and objects hold of an upload, read beside the server."""
    name = upload.path.rsplit("/", 1)[1]
    for _ in range(50):
        rows = setup.rows(f"SELECT start_offset, size_bytes, object_key FROM upload_chunks WHERE {setup.is_id('upload_id', name)} "
                          "ORDER BY start_offset")
        end = 0
        for start, size, _ in rows:
            check(int(start) == end, "a hole at", end)
            end += int(size)
        found = setup.objects([key for _, _, key in rows])
        if found is not None:
            check(len(found) == end, "the rows tell of", end, "bytes and there are", len(found))
            return found
        # Rewritten in larger parts in between.
        time.sleep(0.05)
    raise AssertionError(f"an object of upload {name} is gone")


def settle(setup, uploads, told, seconds=120):
    """Nothing acknowledged is lost, nothing is stuck, nothing is published twice."""
    for upload in uploads:
        begin = time.monotonic()
        while (ended := again(lambda: upload.instance.status_of(upload.update)))["status"] not in ENDED:
            check(time.monotonic() - begin < seconds, "stuck:", ended["status"], upload.update, upload.instance.log())
            time.sleep(0.05)
        check(ended["status"] == "ready", ended, upload.instance.log())
        check(again(upload.ask) == len(upload.content) and stored(setup, upload) == upload.content, "other bytes than were sent")
        listed = again(lambda: able_to_get(upload.instance, ended["media"]["hls_url"]))
        check(listed.startswith(b"#EXTM3U"), listed)
        once(setup, upload.update, "update.ready")
        once(setup, upload.update, "update.published")
        shown = setup.rows(f"SELECT COUNT(*) FROM media_generations WHERE {setup.is_id('update_id', upload.update)} "
                           "AND state = 'current'")
        check(int(shown[0][0]) == 1, "generations that are shown:", shown, upload.update)
        told["updates ready"] += 1


def once(setup, update, kind):
    count = setup.rows(f"SELECT COUNT(*) FROM events WHERE kind = '{kind}' AND {setup.is_id('update_id', update)}")
    check(int(count[0][0]) == 1, kind, "was told", count[0][0], "times of", update)


def able_to_get(instance, path):
    status, _, content = instance.call("GET", path)
    if status == 503:
        raise Away(path)
    check(status == 200, path, status, content)
    return content
