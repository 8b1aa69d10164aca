// Plurals for the catalogue.
import { locale } from './locale';

const made = new Map<string, { rules: Intl.PluralRules; numbers: Intl.NumberFormat }>();

function of(tag: string): { rules: Intl.PluralRules; numbers: Intl.NumberFormat } {
  let found = made.get(tag);
  if (!found) {
    found = { rules: new Intl.PluralRules(tag), numbers: new Intl.NumberFormat(tag) };
    made.set(tag, found);
  }
  return found;
}

/** One of two forms by number: `plural(n, 'one ask', '{n} asks')`. The number is written as the language does. */
export function plural(n: number | string | undefined, one: string, other: string): string {
  const { rules, numbers } = of(locale());
  const value = Number(n);
  const shown = Number.isFinite(value) ? numbers.format(value) : String(n);
  return (rules.select(value) === 'one' ? one : other).replaceAll('{n}', shown);
}
