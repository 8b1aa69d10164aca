// The round that is being answered, on the pages where one records, writes or uploads.

import { api } from '$lib/api/client';
import { session } from '$lib/session.svelte';
import type { Plan, Round } from './types';

/** What somebody planned in earlier rounds and what has become of it since this one opened. */
export function ownPlans(round: Round, user: string | undefined): Plan[] {
  return round.carried_over.filter((plan) => plan.user.id === user);
}

export class Answering {
  /** Null while nothing is known, and where there is no such round. */
  round = $state.raw<Round | null>(null);
  readonly plans = $derived(this.round === null ? [] : ownPlans(this.round, session.me?.id));
  private readonly id: string | null;

  /** With no round there is nothing to load. */
  constructor(id: string | null) {
    this.id = id;
  }

  /** Reads the round again; what is known stays where that fails. */
  readonly load = async (): Promise<Round | null> => {
    if (this.id !== null) this.round = await api.get<Round>(`/rounds/${this.id}`).catch(() => this.round);
    return this.round;
  };
}
