// Who is signed in, and which workspace they look at.
import { goto } from '$app/navigation';
import { api } from '$lib/api/client';
import { accessToken, forget, onSession } from '$lib/api/session';
import type { Me, Membership, Team } from '$lib/api/types';

const CHOSEN = 'meridian.workspace';

class Session {
  me = $state<Me | null>(null);
  /** Whether it is known who is signed in. */
  ready = $state(false);
  /** The server could not be asked. */
  offline = $state(false);
  chosen = $state<string | null>(null);
  teams = $state<Team[]>([]);

  workspace = $derived<Membership | null>(
    this.me?.workspaces.find((found) => found.id === this.chosen) ?? this.me?.workspaces[0] ?? null,
  );

  constructor() {
    onSession((me) => (this.me = me));
  }

  /** Asks the server who is signed in, by the refresh cookie. */
  async start(): Promise<void> {
    try {
      this.chosen = localStorage.getItem(CHOSEN);
    } catch {
      this.chosen = null;
    }
    try {
      await accessToken();
      this.offline = false;
    } catch {
      this.offline = true;
    }
    this.ready = true;
    await this.loadTeams();
  }

  /** The teams of the workspace that one sees, for the side bar. */
  async loadTeams(): Promise<void> {
    const workspace = this.workspace;
    if (!workspace) {
      this.teams = [];
      return;
    }
    this.teams = (await api.page<Team>(`/workspaces/${workspace.id}/teams`)).items;
  }

  /** Looks at another workspace. */
  async choose(id: string): Promise<void> {
    this.chosen = id;
    try {
      localStorage.setItem(CHOSEN, id);
    } catch {
      // It holds for this visit.
    }
    await this.loadTeams();
  }

  /** Loads the account again, after its workspaces changed. */
  async reload(): Promise<void> {
    this.me = await api.get<Me>('/me');
    await this.loadTeams();
  }

  async signOut(): Promise<void> {
    await api.post('/auth/logout', {}, { anonymous: true });
    forget();
    this.teams = [];
    await goto('/sign-in');
  }
}

export const session = new Session();

/** A path on this origin to return to; anything else is the home page. */
export function safeNext(next: string | null): string {
  if (!next || !next.startsWith('/') || next.startsWith('//') || next.includes('\\')) return '/';
  return next;
}
