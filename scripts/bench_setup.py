"""The two set-ups of bench.py: `embedded` (SQLite and a folder), and `postgres` (PostgreSQL and SeaweedFS, as tests start them:
on free ports of this machine, in folders of their own that go away with the process). Their data is on the disk, not in memory.
"""

import datetime
import hashlib
import hmac
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/campaigns"))

from setups import BUCKET, KEY, Held, Seaweed, low_ports  # noqa: E402


def folder_on_disk(name):
    """A new folder, readable for whatever user the server runs as."""
    folder = Path(tempfile.mkdtemp(prefix=f"meridian-bench-{name}-"))
    folder.chmod(0o755)
    return folder


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
        self.made, self.port, folder = 0, low_ports(1, 0)[0], folder_on_disk("postgres")
        (folder / "before.initdb").write_text(
            f"{self.programs}/initdb --pgdata={folder}/data --username=meridian --auth=trust --encoding=UTF8 --locale=C.UTF-8 "
            "--no-sync\n")
        self.database = Held(folder, "postgres", "QUIT", [
            self.programs / "postgres", f"-D{folder}/data", f"-p{self.port}", "-clisten_addresses=127.0.0.1",
            f"-cunix_socket_directories={folder}", "-cmax_connections=200", "-cshared_buffers=256MB"])
        self.database.until("PostgreSQL", self.database_answers)
        self.objects = Seaweed(folder_on_disk("seaweed"))
        self.endpoint, (self.key, self.secret) = f"http://127.0.0.1:{self.objects.port}", KEY

    def database_answers(self):
        asked = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked).returncode == 0

    def env(self):
        """For an instance of its own: an empty database, a prefix of the bucket."""
        self.made += 1
        self.psql("postgres", f"CREATE DATABASE b{self.made}")
        return {"MERIDIAN_DATABASE_URL": f"postgres://meridian@127.0.0.1:{self.port}/b{self.made}",
                "MERIDIAN_STORE_URL": f"s3://{BUCKET}/b{self.made}", "MERIDIAN_S3_ENDPOINT": self.endpoint,
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
        self.database.end()
        self.objects.held.end()


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
