// Searches to come back to, kept in this browser for each workspace.
import { Kept } from '../saved/kept.svelte';
import { addressOf, KEYS, readQuery, type Query } from './query';

export class SavedSearches extends Kept<Query> {
  constructor() {
    super('searches', addressOf, readQuery);
  }
}

/** How many filters a search has. */
export function filtersIn(query: Query): number {
  return KEYS.filter((key) => key !== 'q' && query[key] !== '').length;
}
