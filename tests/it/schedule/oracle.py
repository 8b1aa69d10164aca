"""An independent oracle for openings: dateutil's recurrence rules and Python's zoneinfo. Reads one JSON case a line,
writes the openings (milliseconds since 1970) a line. fold=0 is "the first of two", and a time in a gap, read with the
offset before it, is the time moved forward by the gap."""

import json
import os
import sys
import zoneinfo
from datetime import date, datetime, time, timedelta, timezone

from dateutil.rrule import FR, MO, SA, SU, TH, TU, WE, WEEKLY, rrule

WEEKDAYS = {"mo": MO, "tu": TU, "we": WE, "th": TH, "fr": FR, "sa": SA, "su": SU}


def version():
    """The release of the tz database that zoneinfo reads, as the file beside it says."""
    for folder in zoneinfo.TZPATH:
        for name in ("tzdata.zi", "+VERSION"):
            path = os.path.join(folder, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    return f"{folder} {file.readline().strip()}"
    return f"{zoneinfo.TZPATH} of an unknown release"


def openings(case):
    at = time.fromisoformat(case["at"])
    zone = zoneinfo.ZoneInfo(case["member"] if case["zone"] == "member" else case["zone"])
    anchor = date.fromisoformat(case["starts_on"] or case["made_on"])
    after = datetime.fromtimestamp(case["after_ms"] / 1000, timezone.utc)
    begin = anchor - timedelta(days=anchor.weekday())
    # Weeks in rhythm with the anchor's, from well before the instant.
    step = timedelta(weeks=case["every_weeks"])
    while begin > after.date() - timedelta(days=10):
        begin -= step
    rule = rrule(WEEKLY, dtstart=datetime.combine(begin, at), interval=case["every_weeks"], wkst=MO,
                 byweekday=[WEEKDAYS[day] for day in case["days"]])
    found = []
    for local in rule.xafter(datetime.combine(begin, time.min), inc=True):
        if case["ends_on"] and local.date() > date.fromisoformat(case["ends_on"]):
            break
        if local.year > case["until_year"]:
            break
        if case["starts_on"] and local.date() < date.fromisoformat(case["starts_on"]):
            continue
        instant = local.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)
        if instant > after:
            found.append([local.date().isoformat(), round(instant.timestamp() * 1000)])
            if len(found) == case["count"]:
                break
    return found


def main():
    print(json.dumps({"version": version()}))
    for line in sys.stdin:
        print(json.dumps(openings(json.loads(line))))


main()
