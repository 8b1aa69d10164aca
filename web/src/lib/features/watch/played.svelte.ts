// Which parts of the update its viewers played, and which again: known from five viewers on.
import { api } from '$lib/api/client';
import type { components } from '$lib/api/schema';
import type { Graph } from '../player/curve';
import type { Update } from './types';

const LEAST_VIEWERS = 5;

/** To be called while a component starts; asks again when the number of viewers changes. */
export function played(update: () => Update): { readonly graph: Graph | null } {
  let graph = $state.raw<Graph | null>(null);
  const id = $derived(update().id);
  const viewers = $derived(update().kind === 'text' ? 0 : update().counts.viewers);
  $effect(() => {
    if (viewers < LEAST_VIEWERS) return;
    void api.get<components['schemas']['Engagement']>(`/updates/${id}/engagement`).then(
      ({ points, replayed }) => (graph = points && { points, replayed: replayed ?? [] }),
      () => (graph = null),
    );
  });
  return {
    get graph() {
      return graph;
    },
  };
}
