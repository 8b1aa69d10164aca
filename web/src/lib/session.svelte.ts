// Who is signed in, and which workspace they look at. The token itself stays in $lib/api/session.
import { goto } from '$app/navigation';
import { api } from './api/client';
import { everything } from './api/lists';
import { accessToken, forget, onSession } from './api/session';
import type { Me, Membership, Team } from './api/types';
import { language } from './messages/language.svelte';
import { forgetDrafts } from './utils/drafts';
import { browserZone } from './utils/time';

export { safeNext } from './utils/next';

const CHOSEN = 'meridian.workspace';

/** What is typed on the sign-in page: the page of a forgotten password begins with it. */
export const typed = $state({ email: '' });

class Session {
  me = $state.raw<Me | null>(null);
  /** Whether it is known who is signed in. */
  ready = $state(false);
  /** The server could not be asked. */
  offline = $state(false);
  private chosen = $state<string | null>(null);
  teams = $state.raw<Team[]>([]);
  /** The teams are known (perhaps none). */
  teamsReady = $state(false);

  readonly workspace = $derived<Membership | null>(
    this.me?.workspaces.find((found) => found.id === this.chosen) ?? this.me?.workspaces[0] ?? null,
  );
  /** The teams that one is in, of those that one sees. */
  readonly mine = $derived(this.teams.filter((team) => team.role !== null));
  /** May change the workspace, its members and every open team. */
  readonly manages = $derived(this.workspace?.role === 'owner' || this.workspace?.role === 'admin');
  readonly guest = $derived(this.workspace?.role === 'guest');
  /** The viewer's zone: the profile's, else the browser's. */
  readonly zone = $derived(this.me?.time_zone ?? browserZone());

  constructor() {
    onSession((me) => {
      // A renewed token tells the same again: nothing that hangs on the account has to begin anew.
      if (JSON.stringify(me) === JSON.stringify(this.me)) return;
      this.me = me;
      if (me === null) this.teams = [];
      else void language.choose(me.locale);
    });
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
      if (this.me) await language.choose(this.me.locale);
    } catch {
      this.offline = true;
    }
    this.ready = true;
    await this.loadTeams();
  }

  /** The teams of the workspace that one sees. Without an answer what was known stays. */
  async loadTeams(): Promise<void> {
    const id = this.workspace?.id;
    try {
      const teams = id === undefined ? [] : await everything<Team>(`/workspaces/${id}/teams`);
      if (id !== this.workspace?.id) return;
      this.teams = teams;
    } catch {
      // The page that needs them says so.
    }
    this.teamsReady = true;
  }

  team(id: string | null): Team | null {
    return this.teams.find((team) => team.id === id) ?? null;
  }

  /** Looks at another workspace. */
  async choose(id: string): Promise<void> {
    this.chosen = id;
    this.teams = [];
    this.teamsReady = false;
    try {
      localStorage.setItem(CHOSEN, id);
    } catch {
      // It holds for this visit.
    }
    await this.loadTeams();
  }

  /** Loads the account again, after it or its workspaces changed. */
  async reload(): Promise<void> {
    this.me = await api.get<Me>('/me');
    await this.loadTeams();
  }

  async signOut(): Promise<void> {
    await api.post('/auth/logout', {}, { anonymous: true });
    forgetDrafts();
    forget();
    await goto('/sign-in');
  }
}

export const session = new Session();
