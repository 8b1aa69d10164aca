// Which parts of the update its viewers played: known from five viewers on.
import { api } from '$lib/api/client';
import type { components } from '$lib/api/schema';
import type { Update } from './types';

const LEAST_VIEWERS = 5;

/** To be called while a component starts; asks again when the number of viewers changes. */
export function played(update: () => Update): { readonly points: readonly number[] | null } {
  let points = $state.raw<readonly number[] | null>(null);
  const id = $derived(update().id);
  const viewers = $derived(update().kind === 'text' ? 0 : update().counts.viewers);
  $effect(() => {
    if (viewers < LEAST_VIEWERS) return;
    void api.get<components['schemas']['Engagement']>(`/updates/${id}/engagement`).then(
      (found) => (points = found.points),
      () => (points = null),
    );
  });
  return {
    get points() {
      return points;
    },
  };
}
