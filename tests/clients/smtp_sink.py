"""A mail server that keeps what it gets: each mail as FOLDER/<n>.json, read by Python's own parser of mail.

usage: smtp_sink.py FOLDER; prints its port. A mail for an address that is written in FOLDER/hold is kept, but whoever
sends it never hears of it; this happens once.
"""

import asyncio
import email
import email.policy
import itertools
import json
import pathlib
import sys

from aiosmtpd.smtp import SMTP

FOLDER = pathlib.Path(sys.argv[1])
NUMBERS = itertools.count(1)


def told(to, raw):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    part = lambda kind: (found := mail.get_body((kind,))) and found.get_content()
    return {
        "to": to,
        "type": mail.get_content_type(),
        "headers": {name.lower(): str(value) for name, value in mail.items()},
        "defects": [str(defect) for part in mail.walk() for defect in part.defects],
        "text": part("plain"),
        "html": part("html"),
    }


class Keeper:
    async def handle_DATA(self, server, session, envelope):
        place = FOLDER / f"{next(NUMBERS)}.json"
        new = place.with_suffix(".new")
        new.write_text(json.dumps(told(envelope.rcpt_tos, envelope.content)))
        new.rename(place)
        hold = FOLDER / "hold"
        if hold.exists() and hold.read_text().strip() in envelope.rcpt_tos:
            hold.unlink()
            await asyncio.sleep(3600)
        return "250 kept"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keeper(), enable_SMTPUTF8=True), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
