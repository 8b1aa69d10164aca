// Plurals for the catalogue.
const rules = new Intl.PluralRules('en');

/** One of two forms by number: `plural(n, 'one ask', '{n} asks')`. */
export function plural(n: number | string | undefined, one: string, other: string): string {
  return (rules.select(Number(n)) === 'one' ? one : other).replaceAll('{n}', String(n));
}
