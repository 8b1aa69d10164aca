"""Stands between the programs and S3 and does to their calls what networks and stores do: makes them wait, refuses them,
breaks connections off, cuts bodies, and loses answers of what was done."""

import asyncio
import collections
import threading

FAULTS = ("slow", "503", "reset", "cut", "lost", "lost as 503")
REFUSED = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n"


class Proxy:
    """One on a thread of its own. `share` of the calls meet one of `faults` while they are set."""

    def __init__(self, chance):
        self.chance, self.share, self.faults, self.struck = chance, 0.0, FAULTS, collections.Counter()
        self.under_way, self.port, self.loop = 0, None, asyncio.new_event_loop()

    def between(self, behind):
        """Starts it before the store at this port; its own port."""
        self.behind, started = behind, threading.Event()

        async def serve():
            server = await asyncio.start_server(self.connection, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            started.set()

        def run():
            asyncio.set_event_loop(self.loop)
            self.loop.create_task(serve())
            self.loop.run_forever()

        threading.Thread(target=run, daemon=True).start()
        started.wait()
        return self.port

    def misbehave(self, share, faults=FAULTS):
        self.faults, self.share = faults, share

    def behave(self):
        self.share = 0.0

    async def connection(self, reader, writer):
        try:
            while await self.call(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            # One of the two sides is gone, or the store ended without an answer.
            pass
        finally:
            writer.transport.abort()

    async def call(self, reader, writer):
        """One call; False: its connection ends."""
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
        fault = self.chance.choice(self.faults) if self.chance.random() < self.share else None
        length = int(fields.get(b"content-length", 0))
        self.struck[fault or "none"] += 1
        if fault == "reset":
            await reader.readexactly(length // 2)
            return False
        body = await reader.readexactly(length)
        if fault == "slow":
            await asyncio.sleep(self.chance.uniform(0.05, 1.0))
        if fault == "503":
            writer.write(REFUSED)
            await writer.drain()
            return True
        answer = await self.ask(head, body)
        if fault == "lost":
            return False
        if fault == "lost as 503":
            writer.write(REFUSED)
            await writer.drain()
            return True
        begins = answer.index(b"\r\n\r\n") + 4
        if fault == "cut":
            writer.write(answer[:begins + (len(answer) - begins) // 2])
            await writer.drain()
            return False
        # The store ends each connection after its answer, and says so.
        writer.write(answer)
        writer.close()
        await writer.wait_closed()
        return False

    async def ask(self, head, body):
        """What the store answers, to its end."""
        self.under_way += 1
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.behind)
            lines = [line for line in head.split(b"\r\n")[:-2] if not line.lower().startswith(b"connection:")]
            writer.write(b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body)
            await writer.drain()
            try:
                return await reader.read(-1)
            finally:
                writer.close()
        finally:
            self.under_way -= 1
