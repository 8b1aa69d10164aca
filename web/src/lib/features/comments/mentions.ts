// Mentions while typing: what stands behind the `@`, who fits, and what the text becomes.

import type { Person } from './types';

export interface MentionQuery {
  /** Where the `@` stands. */
  from: number;
  query: string;
}

/** The mention being typed at the caret, or null. An `@` inside a word (an address) is none. */
export function mentionAt(text: string, caret: number): MentionQuery | null {
  const before = text.slice(0, caret);
  const match = /(?:^|[\s(["'])@([\p{L}\p{M}\p{N}_.'-]*(?: [\p{L}\p{M}\p{N}_.'-]*)?)$/u.exec(before);
  if (!match || match[1] === undefined) return null;
  return { from: caret - match[1].length - 1, query: match[1] };
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** People whose name, or any part of it, begins with the query; whose whole name does come first. */
export function matchPeople(people: readonly Person[], query: string, limit = 6): Person[] {
  const wanted = plain(query.trim());
  const rank = (person: Person): number => {
    const name = plain(person.display_name);
    if (name.startsWith(wanted)) return 0;
    return name.split(/\s+/).some((part) => part.startsWith(wanted)) ? 1 : 2;
  };
  return people
    .map((person) => ({ person, rank: rank(person) }))
    .filter(({ rank: at }) => at < 2)
    .sort((a, b) => a.rank - b.rank || a.person.display_name.localeCompare(b.person.display_name))
    .slice(0, limit)
    .map(({ person }) => person);
}

/** The text with the mention completed, and where the caret goes. */
export function completeMention(
  text: string,
  caret: number,
  at: MentionQuery,
  person: Person,
): { text: string; caret: number } {
  const name = `@${person.display_name} `;
  const rest = text.slice(caret).replace(/^ /, '');
  return { text: text.slice(0, at.from) + name + rest, caret: at.from + name.length };
}

/** Whom a text mentions: those whose `@name` stands in it. Longer names win over their beginnings. */
export function mentionedIds(text: string, people: readonly Person[]): string[] {
  const byLength = [...people].sort((a, b) => b.display_name.length - a.display_name.length);
  let rest = text;
  const ids: string[] = [];
  for (const person of byLength) {
    const name = person.display_name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const found = new RegExp(`(^|[^\\p{L}\\p{N}])@${name}(?![\\p{L}\\p{N}])`, 'giu');
    const without = rest.replace(found, '$1');
    if (without !== rest) ids.push(person.id);
    rest = without;
  }
  return ids;
}
