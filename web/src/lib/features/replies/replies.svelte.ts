// The updates that answer an update, oldest first, as a talk is read.

import { api } from '$lib/api/client';
import type { Update } from '$lib/api/types';
import { isInWork } from '../watch/state';

/** So many are shown; more than that is no talk any more. */
const MOST = 50;

export class Replies {
  items = $state.raw<readonly Update[]>([]);

  constructor(private readonly updateId: string) {}

  /** Something is still being made of one of them. */
  get inWork(): boolean {
    return this.items.some(isInWork);
  }

  /** Reads them; without an answer what was known stays. */
  async load(teamId: string): Promise<void> {
    try {
      const query = { reply_to_id: this.updateId, limit: MOST };
      const page = await api.page<Update>(`/teams/${teamId}/updates`, { query });
      this.items = page.items.toReversed();
    } catch {
      // The page shows what it has.
    }
  }
}
