"""A plain TCP balancer (nginx) before two servers, and clients that come through it and never try a broken request again."""

import http.client
import json
import select
import subprocess
import threading
import time

from crew import able_to_get
from lib import Away, Broken, Upload, again, check, free_port
from setups import Missing

MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so"
# Each connection goes to the next server; one that refuses it is passed over.
CONF = """
load_module {module};
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
stream {{
  upstream servers {{ {servers} }}
  server {{ listen 127.0.0.1:{port}; proxy_connect_timeout 5s; proxy_timeout 10m; proxy_pass servers; }}
}}
"""


class Balancer:
    def __init__(self, folder, ports):
        self.port = free_port()
        servers = " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in ports)
        conf = folder / "nginx.conf"
        conf.write_text(CONF.format(module=MODULE, folder=folder, servers=servers, port=self.port))
        try:
            self.process = subprocess.Popen(["nginx", "-c", conf, "-e", folder / "nginx.log"])
        except FileNotFoundError:
            raise Missing("nginx (Debian's nginx-light and libnginx-mod-stream)") from None
        begin = time.monotonic()
        while not (folder / "nginx.pid").exists():
            if self.process.poll() is not None:
                raise Missing(f"nginx with its stream module: {(folder / 'nginx.log').read_text()}")
            check(time.monotonic() - begin < 30, "nginx did not start")
            time.sleep(0.01)

    def end(self):
        self.process.terminate()
        self.process.wait()


class Client(threading.Thread):
    """Asks again and again until `ending`; `wrong` is the first thing that failed."""

    def __init__(self, front, ending):
        super().__init__()
        self.front, self.ending, self.asked, self.away, self.under_way, self.wrong = front, ending, 0, 0, False, None

    def run(self):
        try:
            while not self.ending.is_set():
                self.under_way = True
                self.ask()
                self.under_way = False
                self.asked += 1
        except Exception as error:  # Told at the end.
            self.wrong = error
        finally:
            self.under_way = False

    def able(self, act):
        """Tries again after 503 only."""
        def tried():
            try:
                return act()
            except Away:
                self.away += 1
                raise
            except Broken as error:
                raise AssertionError(f"{type(self).__name__}: no answer: {error}") from error
        return again(tried)


class Watcher(Client):
    """Opens an update and plays it: its page's data, the lists, a segment."""

    def __init__(self, front, ending, update):
        super().__init__(front, ending)
        self.update = update

    def names(self, path):
        text = self.able(lambda: able_to_get(self.front, path)).decode()
        return [line for line in text.splitlines() if line and not line.startswith("#")]

    def ask(self):
        master = self.able(lambda: self.front.status_of(self.update))["media"]["hls_url"]
        variant = f"{master.rsplit('/', 1)[0]}/{self.names(master)[0]}"
        segment = f"{variant.rsplit('/', 1)[0]}/{self.names(variant)[0]}"
        check(len(self.able(lambda: able_to_get(self.front, segment))) > 100, segment)


class Keeper(Client):
    """Keeps its connection as long as the server does not say that the answer is its last."""

    connection = None

    def ask(self):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.front.port, timeout=60)
        try:
            self.connection.request("GET", f"/api/v1/teams/{self.front.team}/updates?limit=1", headers=self.front.bearer())
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise AssertionError(f"a kept connection broke: {error!r}") from error
        check(answer.status in (200, 401, 503), "a kept connection answers", answer.status)
        self.away += answer.status == 503
        if answer.status == 401:
            self.front.sign_in()
        if answer.will_close:
            self.connection.close()
            self.connection = None
        time.sleep(0.01)


class Trickler(Client):
    """Sends bodies that last for seconds; one that its server does not wait for goes on at another."""

    def __init__(self, front, ending, clip):
        super().__init__(front, ending)
        self.clip, self.done = clip, []

    def ask(self):
        upload = self.able(lambda: Upload(self.front, self.clip))
        status = self.able(lambda: not_away(upload.create()))[0]
        check(status in (201, 409), "not created:", status)
        while upload.acknowledged < len(self.clip):
            status = self.trickle(upload)
            if status in (401, 503):
                self.away += status == 503
                self.able(upload.ask)
                continue
            check(status == 204, "a slow body is answered by", status)
        self.done.append(upload)

    def trickle(self, upload):
        """The rest of the clip over some seconds; the status, which may come before its end."""
        rest = self.clip[upload.acknowledged:]
        connection = http.client.HTTPConnection("127.0.0.1", self.front.port, timeout=60)
        try:
            connection.putrequest("PATCH", upload.path)
            headers = {"Upload-Offset": str(upload.acknowledged), "Content-Length": str(len(rest)),
                       "Content-Type": "application/offset+octet-stream"}
            for name, value in upload.tus(headers).items():
                connection.putheader(name, value)
            connection.endheaders()
            size = max(1, len(rest) // 50)
            for start in range(0, len(rest), size):
                connection.send(rest[start:start + size])
                if select.select([connection.sock], [], [], 0.1)[0]:
                    break
            answer = connection.getresponse()
            if answer.status == 204:
                upload.acknowledged = int(answer.headers["upload-offset"])
            return answer.status
        except (OSError, http.client.HTTPException) as error:
            raise AssertionError(f"a slow body had no answer: {error!r}") from error
        finally:
            connection.close()


class Listener(threading.Thread):
    """One page's stream of events; when a server ends it, it goes on at another after the last event that came."""

    def __init__(self, front, ending):
        super().__init__(daemon=True)
        self.front, self.ending, self.last, self.events, self.streams, self.wrong = front, ending, None, [], 0, None

    def run(self):
        try:
            while not self.ending.is_set():
                self.listen()
        except Exception as error:  # Told at the end.
            self.wrong = error

    def listen(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.front.port, timeout=60)
        try:
            headers = self.front.bearer({} if self.last is None else {"Last-Event-ID": self.last})
            try:
                connection.request("GET", f"/api/v1/events?workspace_id={self.front.workspace}", headers=headers)
                answer = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                raise AssertionError(f"a stream of events did not begin: {error!r}") from error
            check(answer.status in (200, 401, 503), "the stream of events answers", answer.status)
            if answer.status == 401:
                self.front.sign_in()
            if answer.status == 200:
                self.streams += 1
                self.read(answer)
        finally:
            connection.close()

    def read(self, answer):
        name = None
        try:
            for line in answer:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "id":
                    self.last = value
                elif field == "event":
                    name = value
                elif field == "data":
                    self.events.append((name, json.loads(value)))
        except (OSError, http.client.HTTPException):
            # Its server ended.
            pass


def not_away(answer):
    """503 as an exception."""
    if answer[0] == 503:
        raise Away(answer[1])
    return answer


def race(front, content):
    """Eight clients send the next bytes at the same time, each another number of them: one wins each time. The upload."""
    upload = Upload(front, content, "race")
    check(upload.create()[0] == 201, "not created")
    step, rounds = len(content) // 5 + 1, 0
    while upload.acknowledged < len(content):
        at, answers = upload.acknowledged, []

        def send(size, at=at, answers=answers):
            headers = upload.tus({"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"})
            status, told, _ = front.call("PATCH", upload.path, content[at:at + size], headers)
            answers.append((status, told.get("upload-offset")))

        senders = [threading.Thread(target=send, args=(step - n * 11,)) for n in range(8)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        won = [int(offset) for status, offset in answers if status == 204]
        check(len(won) == 1 and len(answers) == 8 and all(status in (204, 409, 423) for status, _ in answers), answers)
        upload.acknowledged, rounds = won[0], rounds + 1
    check(rounds >= 5, "only", rounds, "rounds")
    return upload
