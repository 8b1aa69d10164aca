// Which language is spoken: the one of the person's profile; for who is not signed in the one chosen in this
// browser, else the browser's own. Only that catalogue is loaded.
import { speak } from './index';
import { setLocale } from './locale';
import type { Entry } from './types';

/** The languages one can choose, each in its own words. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Code = keyof typeof LANGUAGES | 'en-XA' | 'ar-XB';

type Texts = Readonly<Record<string, Entry>>;
const KEY = 'meridian.language';
/** The same for the server, which names the right texts in its first answer (server/src/web.rs). */
const COOKIE = 'meridian_language';
const YEAR_S = 365 * 24 * 3600;

const pseudo = async (): Promise<Texts> => {
  const [{ english }, { accented }] = await Promise.all([import('./en'), import('./pseudo')]);
  return accented(english);
};

/**
 * Where the texts are, how dates and numbers are written, and from which side one reads. The last two are no
 * languages but show what a translation meets: longer words with accents, and the same from right to left.
 */
const KNOWN: Record<Code, { load: () => Promise<Texts>; locale: string; dir: 'ltr' | 'rtl' }> = {
  en: { load: async () => (await import('./en')).english, locale: 'en-GB', dir: 'ltr' },
  de: { load: async () => (await import('./de')).german, locale: 'de-DE', dir: 'ltr' },
  'en-XA': { load: pseudo, locale: 'en-GB', dir: 'ltr' },
  'ar-XB': { load: pseudo, locale: 'en-GB', dir: 'rtl' },
};

/** The language of a tag such as `de-AT`, if it is spoken here. */
export function known(tag: string | null | undefined): Code | null {
  if (!tag) return null;
  const codes = Object.keys(KNOWN) as Code[];
  const wanted = tag.toLowerCase();
  const [primary] = wanted.split('-');
  return (
    codes.find((code) => code.toLowerCase() === wanted) ?? codes.find((code) => code === primary) ?? null
  );
}

/** The first of a browser's languages that is spoken here, else English. */
export function fromBrowser(tags: readonly string[]): Code {
  return tags.map(known).find((code) => code !== null) ?? 'en';
}

class Language {
  /** What is drawn hangs on this: another language draws it anew. */
  code = $state<Code>('en');
  private wanted: Code | null = null;

  /** The language before it is known who is here. */
  start(): Promise<void> {
    const chosen = known(stored());
    if (chosen !== null) tellServer(chosen);
    return this.use(chosen ?? fromBrowser(navigator.languages));
  }

  /** Speaks as a profile or a person has chosen, now and on the next visit. */
  async choose(tag: string): Promise<void> {
    const code = known(tag) ?? 'en';
    tellServer(code);
    try {
      localStorage.setItem(KEY, code);
    } catch {
      // It holds for this visit.
    }
    await this.use(code);
  }

  private async use(code: Code): Promise<void> {
    if (this.wanted === code && this.code === code) return;
    this.wanted = code;
    const { load, locale, dir } = KNOWN[code];
    const texts = await load();
    // Another one was chosen while this one was on its way.
    if (this.wanted !== code) return;
    setLocale(locale);
    speak(texts);
    document.documentElement.lang = code;
    linkManifest(code);
    document.documentElement.dir = dir;
    this.code = code;
  }
}

/** What the installed app is called is told in its own language; it is the same app (`id`). */
function linkManifest(code: Code): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel='manifest']");
  if (link) link.href = code === 'de' ? '/manifest.de.webmanifest' : '/manifest.webmanifest';
}

function tellServer(code: Code): void {
  document.cookie = `${COOKIE}=${code}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const language = new Language();
