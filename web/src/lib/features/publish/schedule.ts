// When a scheduled update is published: written and read in the author's own zone.

/** `2026-11-23T09:00`, as `<input type="datetime-local">` wants it, of an instant in a zone. */
export function toLocalInput(instant: Date, zone: string): string {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
      .formatToParts(instant)
      .map((part) => [part.type, part.value]),
  );
  return `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}`;
}

/** The instant of a local time in a zone; null when it is no time. In a gap of the zone: the gap later. */
export function fromLocalInput(local: string, zone: string): Date | null {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return null;
  let instant = wanted;
  for (let pass = 0; pass < 2; pass += 1) {
    const shown = Date.parse(`${toLocalInput(new Date(instant), zone)}Z`);
    instant += wanted - shown;
  }
  return new Date(instant);
}

/** The next working morning: 09:00 of the next Monday to Friday after `now`, in the zone. */
export function nextWorkingMorning(
  now: Date,
  zone: string,
  days: readonly number[] = [1, 2, 3, 4, 5],
  at = '09:00',
): Date {
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const date = toLocalInput(new Date(now.getTime() + ahead * 86_400_000), zone).slice(0, 10);
    const morning = fromLocalInput(`${date}T${at}`, zone);
    const weekday = new Date(`${date}T00:00Z`).getUTCDay();
    if (morning && morning > now && days.includes(weekday)) return morning;
  }
  return new Date(now.getTime() + 86_400_000);
}
