"""The two set-ups of bench.py: `embedded` (SQLite and a folder), and `postgres` (PostgreSQL and SeaweedFS, as tests start them:
on free ports of this machine, in folders of their own that go away with the process). Their data is on the disk, not in memory.
"""

import datetime
import hashlib
import hmac
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
HOLD = ROOT / "crates/testbed/src/hold.sh"
READY_S = 60


class Held:
    """A server that ends when this process does."""

    def __init__(self, name, user, signal, arguments, env=None, before=None):
        self.folder = Path(tempfile.mkdtemp(prefix=f"meridian-bench-{name}-"))
        self.folder.chmod(0o755)
        if before:
            (self.folder / "before.first").write_text(before(self.folder))
        self.process = subprocess.Popen(
            ["bash", HOLD, self.folder, user, signal, *map(str, arguments(self.folder))], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, env={**os.environ, **(env or {})})

    def wait(self, ready):
        begin = time.monotonic()
        while not ready():
            if self.process.poll() is not None or time.monotonic() - begin > READY_S:
                log = self.folder / "log"
                sys.exit(f"{self.folder.name} did not start: {log.read_text()[-2000:] if log.exists() else ''}")
            time.sleep(0.05)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(60)


def free_ports(count, beside=0):
    """Below those that the system gives to outgoing connections; `beside` above each is free too."""
    found, port = [], 12_000 + os.getpid() % 7_000
    while len(found) < count:
        port += 1
        try:
            for one in {port, port + beside}:
                with socket.socket() as tried:
                    tried.bind(("127.0.0.1", one))
        except OSError:
            continue
        found.append(port)
    return found


class Embedded:
    """SQLite and a folder."""

    name, said = "embedded", ""

    def env(self):
        return {}

    def stop(self):
        pass


class Postgres:
    """PostgreSQL from Debian, with its own defaults but for room, and SeaweedFS from the package of the tests."""

    name, said = "postgres", " (PostgreSQL, S3)"

    def __init__(self):
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        # All at once: nobody listens on the first one yet when the next is looked for.
        self.port, *ports = free_ports(6, 10_000)
        self.made = 0
        self.database = Held(
            "postgres", "postgres", "QUIT",
            lambda folder: [self.programs / "postgres", f"-D{folder}/data", f"-p{self.port}", "-clisten_addresses=127.0.0.1",
                            f"-cunix_socket_directories={folder}", "-cmax_connections=200", "-cshared_buffers=256MB"],
            before=lambda folder: f"{self.programs}/initdb --pgdata={folder}/data --username=meridian --auth=trust "
                                  "--encoding=UTF8 --locale=C.UTF-8 --no-sync\n")
        self.endpoint, self.key, self.secret = f"http://127.0.0.1:{ports[0]}", "meridian-bench", "meridian-bench-secret"
        weed = os.environ.get("MERIDIAN_WEED") or ROOT / "tests/clients/.venv/bin/weed"
        flags = {"ip": "127.0.0.1", "ip.bind": "127.0.0.1", "s3.port": ports[0], "master.port": ports[1],
                 "volume.port": ports[2], "filer.port": ports[3], "admin.port": ports[4], "master.telemetry": "false",
                 "webdav": "false", "admin.ui": "false"}
        self.objects = Held("seaweed", "-", "KILL",
                            lambda folder: [weed, "mini", f"-dir={folder}", *(f"-{k}={v}" for k, v in flags.items())],
                            env={"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, "S3_BUCKET": "media"})
        self.database.wait(self.database_answers)
        self.objects.wait(self.bucket_is_there)

    def database_answers(self):
        asked = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked).returncode == 0

    def bucket_is_there(self):
        asked = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "2", "--aws-sigv4", "aws:amz:us-east-1:s3",
                 "-u", f"{self.key}:{self.secret}", f"{self.endpoint}/media?list-type=2&max-keys=1"]
        return subprocess.run(asked, stdout=subprocess.PIPE).stdout == b"200"

    def env(self):
        """For an instance of its own: an empty database, a prefix of the bucket."""
        self.made += 1
        self.psql("postgres", f"CREATE DATABASE b{self.made}")
        return {"MERIDIAN_DATABASE_URL": f"postgres://meridian@127.0.0.1:{self.port}/b{self.made}",
                "MERIDIAN_STORE_URL": f"s3://media/b{self.made}", "MERIDIAN_S3_ENDPOINT": self.endpoint,
                "AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, "AWS_REGION": "us-east-1"}

    def psql(self, database, statements):
        """Runs statements from a text; its rows, unaligned."""
        done = subprocess.run([*self.client(database), "-f", "-"], input=statements, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"refused: {statements[:400]}")
        return done.stdout

    def client(self, database):
        return [self.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port),
                "-U", "meridian", "-d", database]

    def largest_segment(self, instance):
        """The store's port, and an address of the instance's largest segment there, signed for an hour."""
        database = instance.env["MERIDIAN_DATABASE_URL"].rpartition("/")[2]
        key, = self.psql(database, "SELECT object_key FROM segments ORDER BY size_bytes DESC LIMIT 1;").split()
        path = f"/{instance.env['MERIDIAN_STORE_URL'].removeprefix('s3://')}/{key}"
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{now[:8]}/us-east-1/s3/aws4_request"
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in (
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", f"{self.key}/{scope}"), ("X-Amz-Date", now),
            ("X-Amz-Expires", "3600"), ("X-Amz-SignedHeaders", "host")))
        port = self.endpoint.rpartition(":")[2]
        asked = f"GET\n{path}\n{query}\nhost:127.0.0.1:{port}\n\nhost\nUNSIGNED-PAYLOAD"
        said = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        key = f"AWS4{self.secret}".encode()
        for part in (now[:8], "us-east-1", "s3", "aws4_request", said):
            key = hmac.new(key, part.encode(), "sha256").digest()
        return int(port), f"{path}?{query}&X-Amz-Signature={key.hex()}"

    def stop(self):
        self.database.stop()
        self.objects.stop()


def begin(name):
    """Starts what a set-up needs."""
    return {"embedded": Embedded, "postgres": Postgres}[name]()


class Rows:
    """Statements to the database of an instance, behind the back of its server."""

    def __init__(self, setup, instance):
        self.setup, self.instance = setup, instance
        self.database = instance.env.get("MERIDIAN_DATABASE_URL", "").rpartition("/")[2]

    def id(self, text):
        return f"'{text}'::uuid" if self.database else f"X'{text.replace('-', '')}'"

    @property
    def new_id(self):
        return "gen_random_uuid()" if self.database else "randomblob(16)"

    def run(self, *statements):
        if self.database:
            self.setup.psql(self.database, ";\n".join(statements) + ";\n")
            return
        with closing(sqlite3.connect(self.instance.data / "meridian.db", timeout=60)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    def ask(self, question):
        """The first column of a question's rows."""
        if self.database:
            return self.setup.psql(self.database, question + ";\n").split()
        with closing(sqlite3.connect(self.instance.data / "meridian.db", timeout=60)) as connection:
            return [str(row[0]) for row in connection.execute(question)]

    def columns(self, table):
        """Their names, in order."""
        if self.database:
            return self.ask(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' "
                            "AND table_schema = current_schema() ORDER BY ordinal_position")
        return self.ask(f"SELECT name FROM pragma_table_info('{table}')")

    def copies(self, table, source, **other):
        """An INSERT of rows that are as the row `t` of `source` but for these columns."""
        names = self.columns(table)
        values = ", ".join(other.get(name, f"t.{name}") for name in names)
        return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {source}"

    def settle(self):
        """What autovacuum would do in time."""
        if self.database:
            self.setup.psql(self.database, "VACUUM ANALYZE")
