// Times on the media's line: writing them for people, reading them from addresses.

/** `83_400` -> `"1:23"`; an hour and more: `"1:02:03"`. Rounds down, as players do. */
export function formatClock(ms: number): string {
  const total = Number.isFinite(ms) ? Math.max(0, Math.floor(ms / 1000)) : 0;
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** Reads `?t=`: seconds (`83`, `83.4`), `1:23`, `1:02:03`, `1m23s`, `1h2m`. Null when it is none of these. */
export function parseTimeParam(value: string | null): number | null {
  if (value === null) return null;
  const text = value.trim().toLowerCase();
  if (/^\d+(\.\d+)?s?$/.test(text)) return Math.round(parseFloat(text) * 1000);
  if (/^\d+(:\d{1,2}){1,2}(\.\d+)?$/.test(text)) {
    const seconds = text.split(':').reduce((sum, part) => sum * 60 + parseFloat(part), 0);
    return Math.round(seconds * 1000);
  }
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (!parts || text === '') return null;
  const [hours, minutes, seconds] = [parts[1], parts[2], parts[3]].map((part) => Number(part ?? 0));
  return ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
}

/** The `t` of a link to a moment: whole seconds where they are whole, else to the tenth. Never after the moment. */
export function timeParam(ms: number): string {
  return String(Math.floor(Math.max(0, ms) / 100) / 10);
}

/** An ISO 8601 span for `<time datetime>`. */
export function isoSpan(ms: number): string {
  return `PT${Math.floor(Math.max(0, ms) / 1000)}S`;
}
