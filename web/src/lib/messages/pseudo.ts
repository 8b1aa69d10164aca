// English as a translation might be: longer by a third, with accents, in brackets that show where a text was cut.
// For tests and for who looks at the layout; no person's language.
import type { Entry } from './types';

const PLAIN = 'aceinosuyzACEINOSUYZ';
const MARKED = 'áçéíñóşúýžÁÇÉÍÑÓŞÚÝŽ';

function accents(text: string): string {
  return [...text].map((letter) => MARKED[PLAIN.indexOf(letter)] ?? letter).join('');
}

/** `Save {n}` -> `⟦Şávé {n} ~~⟧`. What is between braces stays. */
export function pseudo(text: string): string {
  const words = text
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? part : accents(part)))
    .join('');
  // In pieces as long as long words are: no language has one of forty letters.
  const more = '~'.repeat(Math.ceil(text.length / 3)).replace(/~{12}(?=~)/g, '$& ');
  return `⟦${words} ${more}⟧`;
}

/** A whole catalogue of it. */
export function accented(texts: Readonly<Record<string, Entry>>): Record<string, Entry> {
  const entry = (one: Entry): Entry =>
    typeof one === 'string' ? pseudo(one) : (params) => pseudo(one(params));
  return Object.fromEntries(Object.entries(texts).map(([key, one]) => [key, entry(one)]));
}
