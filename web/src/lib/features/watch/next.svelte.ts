// What comes after this update: of what this person has not seen yet the most pressing.

import { goto } from '$app/navigation';
import { api } from '$lib/api/client';
import type { CatchUp, CatchUpItem } from '../round/types';

/** So much of the list is asked for. */
const MINUTES = 60;
/** The update that another one led to: it begins by itself. */
let continuing: string | null = null;

/** Whether an update was come to from the one before; told once. */
export function continues(updateId: string): boolean {
  const found = continuing === updateId;
  if (found) continuing = null;
  return found;
}

/** Of a catch-up list what comes after an update. */
export function nextOf(
  list: { items: readonly CatchUpItem[]; later: readonly CatchUpItem[] },
  updateId: string,
): CatchUpItem | null {
  return [...list.items, ...list.later].find((item) => item.update_id !== updateId) ?? null;
}

export class Next {
  item = $state.raw<CatchUpItem | null>(null);
  private asked = false;

  constructor(private readonly updateId: string) {}

  /** Looks once; without an answer nothing is offered. */
  async look(rate: number): Promise<void> {
    if (this.asked) return;
    this.asked = true;
    try {
      const list = await api.get<CatchUp>('/me/catch-up', { query: { minutes: MINUTES, speed: rate } });
      this.item = nextOf(list, this.updateId);
    } catch {
      this.asked = false;
    }
  }

  /** Goes there and plays. */
  go(): void {
    if (this.item === null) return;
    continuing = this.item.update_id;
    const at = this.item.from_ms > 0 ? `?t=${Math.floor(this.item.from_ms / 1000)}` : '';
    void goto(`/u/${this.item.update_id}${at}`);
  }
}
