import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'svelte/compiler';
import { afterEach, describe, expect, it } from 'vitest';
import { clock24, longDay, shortDate, weekday, when } from '$lib/utils/time';
import { german } from './de';
import { english } from './en';
import { maybe, speak, t } from './index';
import { fromBrowser, known } from './language.svelte';
import { setLocale } from './locale';
import { accented, pseudo } from './pseudo';
import { said, saidOfField } from './said';
import type { Entry, Params } from './types';

const EN: Record<string, Entry> = english;
const DE: Record<string, Entry> = german;

afterEach(() => {
  speak(english);
  setLocale('en-GB');
});

/** How many people do something says no figure: only the verb goes by it, in some languages. */
const FOR_THE_VERB = ['people'];

/** The parameters that a message uses. */
function used(entry: Entry): string[] {
  if (typeof entry === 'string')
    return [...entry.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();
  const seen = new Set<string>();
  for (const value of [0, 1, 2]) {
    const given = new Proxy({} as Params, {
      get: (_, name) => {
        seen.add(String(name));
        return value;
      },
    });
    entry(given);
  }
  return [...seen].filter((name) => !FOR_THE_VERB.includes(name)).sort();
}

/** What is the same word in both languages. */
const SAME = new Set([
  'app.name',
  'app.title',
  'shell.nav',
  'shell.teams',
  'shell.localTime',
  'keys.teams',
  'time.beside',
  'time.seconds',
  'time.minutesSeconds',
  'time.minutes',
  'time.hours',
  'time.hoursMinutes',
  'audit.to',
  'audit.noun.team',
  'audit.noun.webhook',
  'audit.noun.update',
  'export.title',
  'instance.title',
  'instance.actNamed',
  'instance.updates',
  'comments.kind.blocker',
  'player.lines',
  'links.title',
  'upload.team',
  'upload.list',
  'upload.rate',
  'home.updates',
  'home.team',
  'ask.in',
  'kind.blocker',
  'teams.title',
  'teams.name',
  'teams.admin',
  'team.updates',
  'write.team',
  'write.body',
  'write.links',
  'search.team',
  'search.video',
  'search.text',
  'search.in',
  'search.took',
  'record.source.board',
  'record.team',
  'checkins.tab',
  'editor.name',
  'round.inPlace',
  'catchup.minutes',
  'workspace.name',
  'role.admin',
  'team.person',
  'share.address',
  'transcript.selLink',
  'player.region',
  'player.live',
  'watch.status.live',
  'hooks.title',
  'hooks.slack',
  'hooks.teams',
  'hooks.discord',
  'hooks.mattermost',
  'feeds.title',
  'insight.updates',
  'tokens.token',
]);

describe('the catalogue', () => {
  it('has every key in both languages, with the same parameters', () => {
    expect(Object.keys(DE).sort()).toEqual(Object.keys(EN).sort());
    const params = (texts: Record<string, Entry>) =>
      Object.fromEntries(Object.entries(texts).map(([key, entry]) => [key, used(entry)]));
    expect(params(DE)).toEqual(params(EN));
  });

  it('is translated', () => {
    const same = Object.keys(EN).filter((key) => typeof EN[key] === 'string' && EN[key] === DE[key]);
    expect(same.sort()).toEqual([...SAME].sort());
  });

  it('writes German numbers, plurals, days and errors', () => {
    speak(german);
    setLocale('de-DE');
    expect(t('row.asks', { n: 1 })).toBe('1 offene Anfrage');
    expect(t('row.asks', { n: 12_345 })).toBe('12.345 offene Anfragen');
    const at = new Date('2026-11-18T08:05:00Z');
    expect(longDay(at, 'Europe/Berlin')).toBe('Mittwoch, 18. November');
    expect(shortDate('2026-11-25')).toBe('Mi., 25. Nov.');
    expect(clock24(at, 'Europe/Berlin')).toBe('09:05');
    expect(weekday(at, 'Europe/Berlin')).toBe('we');
    expect(when('2026-11-17T08:05:00Z', 'Europe/Berlin', null, at)).toBe('gestern 09:05');
    expect(said('problem', 'gone', 'It has ended')).toBe('Das gibt es nicht mehr.');
    expect(said('problem', 'not_in_the_table', 'Something new')).toBe('Something new');
    expect(maybe('toString')).toBeNull();
    expect(saidOfField('name', 'too_long', 'may have at most 120 characters')).toBe('Das ist zu lang.');
    expect(saidOfField('current_password', 'wrong', 'no')).toBe('Das ist nicht dein jetziges Passwort.');
    expect(saidOfField('name', 'not_in_the_table', 'Something new')).toBe('Das passt hier nicht.');
  });

  it('leaves the server its own sentence in English', () => {
    expect(said('problem', 'gone', 'The upload has ended.')).toBe('The upload has ended.');
    expect(said('problem', 'gone', '')).toBe('It has ended.');
    expect(saidOfField('name', 'too_long', 'may have at most 120 characters')).toBe(
      'may have at most 120 characters',
    );
  });
});

describe('the language', () => {
  it('is the first of the browser’s that is spoken', () => {
    expect(fromBrowser(['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(fromBrowser(['fr', 'pt'])).toBe('en');
    expect(known('EN-us')).toBe('en');
    expect(known('ar-xb')).toBe('ar-XB');
    expect(known('')).toBeNull();
  });

  it('can be a make-believe one that keeps the parameters', () => {
    expect(pseudo('Save {name} now')).toBe('⟦Şávé {name} ñów ~~~~~⟧');
    const texts = accented(english);
    for (const [key, entry] of Object.entries(EN)) expect(used(texts[key] ?? ''), key).toEqual(used(entry));
  });
});

describe('the manifest', () => {
  const read = (name: string): Record<string, unknown> =>
    JSON.parse(readFileSync(new URL(`../../../static/${name}`, import.meta.url), 'utf8'));
  const TEXTS = ['name', 'short_name', 'description', 'lang'];
  /** All but what is said in words. */
  const bare = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, inner) => (TEXTS.includes(key) ? undefined : inner)));

  it('is the same app in both languages', () => {
    const [en, de] = [read('manifest.webmanifest'), read('manifest.de.webmanifest')];
    expect(bare(de)).toEqual(bare(en));
    expect([en.lang, de.lang]).toEqual(['en', 'de']);
    expect(de.description).not.toBe(en.description);
  });
});

/** Attributes that people read or hear. */
const READ = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'hint', 'lede', 'text']);
/** Names that are the same in every language. */
const NAMES = new Set(['Meridian', 'https://']);

interface Node {
  type?: string;
  name?: string;
  data?: string;
  value?: unknown;
}

/** The words in a component's markup that do not come from the catalogue. */
function wordsIn(node: unknown, found: string[] = []): string[] {
  if (Array.isArray(node)) for (const one of node) wordsIn(one, found);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return found;
  const { type, name, data, value } = node as Node;
  if (type === 'Text' && /\p{L}{2}/u.test(data ?? '') && !NAMES.has((data ?? '').trim()))
    found.push((data ?? '').trim());
  if (type === 'Attribute') {
    if (READ.has(name ?? '')) wordsIn(value, found);
    return found;
  }
  if (type === 'StyleDirective') return found;
  // Keys stand on the keyboard as they are.
  if (type === 'RegularElement' && name === 'kbd') return found;
  for (const [key, inner] of Object.entries(node))
    if (key !== 'expression' || type === 'ExpressionTag') if (key !== 'parent') wordsIn(inner, found);
  return found;
}

describe('the pages', () => {
  const root = new URL('../../', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    // The page of all parts is for who works on them.
    (file) => file.endsWith('.svelte') && !file.startsWith('routes/components'),
  );

  it('are found', () => expect(files.length).toBeGreaterThan(100));

  it.each(files)('%s has its words from the catalogue', (file) => {
    const source = readFileSync(new URL(file, root), 'utf8');
    expect(wordsIn(parse(source, { modern: true }).fragment)).toEqual([]);
  });
});
