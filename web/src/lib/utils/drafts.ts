// What is being written and was not sent yet, kept in this browser: gone once it is sent, and when one signs out.

const PREFIX = 'meridian.drafts.';
/** So many at most; the oldest go first. */
const MOST = 50;

interface Kept {
  at: number;
  value: unknown;
}

/** Where one draft is kept. */
export interface DraftPlace<T> {
  read: () => T | null;
  /** Null: there is nothing to keep any more. */
  keep: (value: T | null) => void;
}

function load(key: string): Record<string, Kept> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    return typeof found === 'object' && found !== null ? (found as Record<string, Kept>) : {};
  } catch {
    return {};
  }
}

function save(key: string, all: Record<string, Kept>): void {
  try {
    const newest = Object.entries(all)
      .sort(([, a], [, b]) => b.at - a.at)
      .slice(0, MOST);
    if (newest.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(Object.fromEntries(newest)));
  } catch {
    // It holds for this visit.
  }
}

/** The place of a person's draft. What is there is only taken if `fits` says so. */
export function draftPlace<T>(
  userId: string,
  name: string,
  fits: (value: unknown) => value is T,
): DraftPlace<T> {
  const key = PREFIX + userId;
  return {
    read: () => {
      const value = load(key)[name]?.value;
      return fits(value) ? value : null;
    },
    keep: (value) => {
      const { [name]: before, ...others } = load(key);
      if (value === null && before === undefined) return;
      save(key, value === null ? others : { ...others, [name]: { at: Date.now(), value } });
    },
  };
}

/** Forgets all drafts of everybody in this browser. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch {
    // Nothing is kept here.
  }
}
