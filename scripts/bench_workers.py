"""Many workers, for bench.py (P13): 200 short recordings that wait, then 1 and 2 workers, each on a core of its own; 4 on two
cores for the overhead only.

Without a speech model: what grows with workers is the same, and a run takes minutes. What a worker does besides jobs is told by
its log: the time between the end of one job and the next claim.
"""

import datetime
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from bench_bytes import lib
from bench_setup import Rows

UPDATES = int(os.environ.get("MERIDIAN_BENCH_UPDATES", "200"))
CLIP = lib.FIXTURES / "spoken-update.webm"
ENDED = "SELECT COUNT(*) FROM updates WHERE status IN ('ready', 'failed')"
BROKEN = "SELECT COUNT(*) FROM updates WHERE status = 'failed'"


class Worker:
    """A worker on a core; its log tells when it had jobs."""

    def __init__(self, programs, instance, folder, core):
        self.folder = Path(folder)
        self.folder.mkdir()
        data = self.folder if instance.env else instance.data
        env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "MERIDIAN_LOG": "info", "MERIDIAN_LOG_FORMAT": "json",
               "MERIDIAN_MODEL_DIR": str(self.folder / "no-models"), "MERIDIAN_SECRET_FILE": str(instance.data / "secret"),
               "OMP_WAIT_POLICY": "PASSIVE", **instance.env, "MERIDIAN_DATA_DIR": str(data)}
        self.log = self.folder / "log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(["taskset", "-c", str(core), programs / "meridian-worker", "run"], env=env, stdout=log,
                                            stderr=log)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def between(self):
        """Seconds of its jobs, and of what lies between them."""
        jobs, gaps, began, ended = [], [], None, None
        for line in self.log.read_text().splitlines():
            at = re.search(r"\d{4}-\d\d-\d\dT[0-9:.]+(?=Z)", line)
            if not at:
                continue
            now = datetime.datetime.fromisoformat(at.group()).timestamp()
            if "job claimed" in line:
                if ended is not None:
                    gaps.append(max(0, now - ended))
                began = now
            elif "job done" in line and began is not None:
                jobs.append(now - began)
                ended = now
        return jobs, gaps


def filled(instance):
    """So many recordings wait for a worker."""
    content = CLIP.read_bytes()
    waiting, failed = list(range(UPDATES)), []

    def work():
        while waiting and not failed:
            try:
                waiting.pop()
                upload = lib.Upload(instance, content)
                upload.create()
                upload.finish()
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def timed(programs, instance, rows, top, cores):
    """Seconds until all are done, jobs and what lies between them."""
    before = int(rows.ask(ENDED)[0])
    filled(instance)
    begin = time.monotonic()
    workers = [Worker(programs, instance, Path(top, f"worker-{len(cores)}-{number}"), core) for number, core in enumerate(cores)]
    try:
        while int(rows.ask(ENDED)[0]) < before + UPDATES:
            for worker in workers:
                lib.check(worker.process.poll() is None, "a worker has ended:", worker.log.read_text()[-2000:])
            time.sleep(0.2)
        took = time.monotonic() - begin
    finally:
        for worker in workers:
            worker.stop()
    lib.check(rows.ask(BROKEN)[0] == "0", "recordings failed")
    told = [worker.between() for worker in workers]
    return took, [job for jobs, _ in told for job in jobs], [gap for _, gaps in told for gap in gaps]


def rows_workers(programs, setup, rows):
    cores = sorted(os.sched_getaffinity(0))
    first, second = cores[0], cores[-1]
    with tempfile.TemporaryDirectory() as top:
        instance = lib.Instance(programs, Path(top, "data"), workers=0, env=setup.env())
        try:
            database = Rows(setup, instance)
            one, jobs, gaps = timed(programs, instance, database, top, [first])
            two, *_ = timed(programs, instance, database, top, [first, second])
            _, jobs_of_four, gaps_of_four = timed(programs, instance, database, top, [first, second, first, second])
        finally:
            instance.stop()
    share = 100 * statistics.mean(gaps) / statistics.mean(jobs)
    share_of_four = 100 * statistics.mean(gaps_of_four) / statistics.mean(jobs_of_four)
    rows += [
        (f"P13 {UPDATES} short updates{setup.said}: 2 workers / 1 worker", "x", ">= 1.9", one / two),
        (f"P13 between two jobs{setup.said}, of a job, 1 worker", "%", 1, share),
        (f"P13 the same{setup.said}, 4 workers on two cores", "%", 1, share_of_four),
        (f"P13 a job{setup.said}, 1 worker, mean", "s", None, statistics.mean(jobs)),
        (f"P13 all of them{setup.said}, 1 worker", "s", None, one),
    ]
