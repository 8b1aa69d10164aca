// Rows that are chosen in a list, by pointer or keyboard.

export class Chosen {
  ids = $state.raw<readonly string[]>([]);
  /** Where a range begins. */
  private from: string | null = null;

  has(id: string): boolean {
    return this.ids.includes(id);
  }

  toggle(id: string): void {
    this.ids = this.has(id) ? this.ids.filter((one) => one !== id) : [...this.ids, id];
    this.from = id;
  }

  /** Chooses all from the last one that was touched to this one. */
  reach(id: string, order: readonly string[]): void {
    const [a, b] = [order.indexOf(this.from ?? id), order.indexOf(id)];
    if (a < 0 || b < 0) return this.toggle(id);
    const reached = order.slice(Math.min(a, b), Math.max(a, b) + 1);
    this.ids = [...this.ids, ...reached.filter((one) => !this.has(one))];
    this.from = id;
  }

  all(order: readonly string[]): void {
    this.ids = order;
  }

  clear(): void {
    this.ids = [];
    this.from = null;
  }

  /** Forgets what is not in the list any more. */
  keepTo(order: readonly string[]): void {
    const kept = this.ids.filter((id) => order.includes(id));
    if (kept.length !== this.ids.length) this.ids = kept;
  }
}

type ListKey = 'toggle' | 'reach' | 'all' | 'clear' | 'remove';

/** What a key in the list asks for. */
export function listKey(event: {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}): ListKey | null {
  const command = event.ctrlKey || event.metaKey;
  if (event.altKey) return null;
  if (command) return event.key === 'a' ? 'all' : null;
  if (event.key.toLowerCase() === 'x') return event.shiftKey ? 'reach' : 'toggle';
  if (event.key === 'Escape') return 'clear';
  return event.key === 'Delete' ? 'remove' : null;
}
