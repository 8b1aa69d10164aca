// One team, for its pages.
import { getContext, setContext } from 'svelte';
import { api } from '$lib/api/client';
import type { Team } from '$lib/api/types';
import { session } from '$lib/session.svelte';

export class TeamState {
  team = $state.raw<Team | null>(null);
  error = $state.raw<unknown>(null);
  etag: string | null = null;
  /** May rename, add members, delete. */
  readonly manages = $derived(
    this.team?.role === 'admin' || (session.manages && this.team?.visibility === 'open'),
  );

  constructor(readonly id: string) {}

  async load(): Promise<void> {
    this.error = null;
    try {
      const { data, etag } = await api.load<Team>(`/teams/${this.id}`);
      this.team = data;
      this.etag = etag;
    } catch (error) {
      this.error = error;
    }
  }

  async change(change: Partial<Pick<Team, 'name' | 'visibility' | 'max_duration_ms'>>): Promise<void> {
    const { data, etag } = await api.patch<Team>(`/teams/${this.id}`, change);
    this.team = data;
    this.etag = etag;
    await session.loadTeams();
  }

  async join(): Promise<void> {
    await api.put(`/teams/${this.id}/members/${session.me?.id}`, {});
    await Promise.all([this.load(), session.loadTeams()]);
  }

  async leave(): Promise<void> {
    await api.delete(`/teams/${this.id}/members/${session.me?.id}`);
    await session.loadTeams();
  }

  async remove(): Promise<void> {
    await api.delete(`/teams/${this.id}`);
    await session.loadTeams();
  }
}

const KEY = Symbol('team');

/** Gives the team to the pages below. `team` is a function, since the address may change to another. */
export function provideTeam(team: () => TeamState): void {
  setContext(KEY, team);
}

export function useTeam(): () => TeamState {
  return getContext<() => TeamState>(KEY);
}
