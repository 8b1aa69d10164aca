// Times as people read them: the viewer's zone first, the other person's beside it.

/** "14:05 in Berlin". */
export function zoneTime(at: Date, zone: string): string {
  return `${clock(at, zone)} in ${place(zone)}`;
}

/** "14:05". */
export function clock(at: Date, zone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone }).format(at);
}

/** The last part of a zone's name, in words: "Sao Paulo". */
export function place(zone: string): string {
  return (zone.split('/').pop() ?? zone).replaceAll('_', ' ');
}

/** "04:44, 09:14 in Kolkata": the viewer's time, and the sender's where it differs. */
export function bothTimes(at: Date, mine: string, theirs: string | undefined): string {
  const here = clock(at, mine);
  if (!theirs || theirs === mine || clock(at, theirs) === here) return here;
  return `${here}, ${zoneTime(at, theirs)}`;
}

/** "just now", "5 min ago", "3 h ago", "yesterday", "12 Nov". */
export function ago(at: Date, now: Date, zone?: string): string {
  const minutes = Math.round((now.getTime() - at.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.round(minutes / 60)} h ago`;
  if (minutes < 48 * 60) return 'yesterday';
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: zone }).format(at);
}

/** "1:05", "1:02:03". */
export function length(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** The browser's zone. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** Every zone the browser knows. */
export function zones(): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return known.includes('UTC') ? known : ['UTC', ...known];
}
