import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

type Colours = Record<string, [light: string, dark: string]>;

/** The colours that a part of the style sheet sets. */
function coloursIn(part: string): Colours {
  const found: Colours = {};
  for (const [, name, light, dark] of part.matchAll(
    /--([\w-]+):\s*light-dark\((#[0-9a-f]{3,6}),\s*(#[0-9a-f]{3,6})\)/g,
  ))
    found[name ?? ''] = [light ?? '', dark ?? ''];
  return found;
}

const plain = coloursIn(css.slice(0, css.indexOf('[data-theme="light"]')));
const strong = {
  ...plain,
  ...coloursIn(/\[data-theme="contrast"\], \[data-theme="contrast-dark"\] \{([^}]*)\}/.exec(css)?.[1] ?? ''),
};

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const full = hex.length === 4 ? `#${[...hex.slice(1)].map((digit) => digit + digit).join('')}` : hex;
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(full.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ['bg', 'surface', 'surface-2'];
const INKS = ['ink', 'ink-2', 'ink-3'];
const KINDS = ['k-comment', 'k-question', 'k-decision', 'k-action', 'k-blocker'];
const STATES = ['s-live', 's-processing', 's-playable', 's-ready', 's-failed'];
const HOURS = ['day', 'edge', 'night'];

const pairs = (tops: string[], grounds: string[]): [string, string][] =>
  tops.flatMap((top) => grounds.map((ground): [string, string] => [top, ground]));
const softly = (names: string[]): [string, string][] => names.map((name) => [name, `${name}-soft`]);

const TEXT: [string, string][] = [
  ...pairs([...INKS, 'accent'], GROUNDS),
  ...softly([...KINDS, ...STATES, ...HOURS]),
  ['accent-ink', 'accent-soft'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
];
const BORDERS = pairs(['line-strong', 'focus'], GROUNDS);

/** The pairs that are too faint. */
function faint(colours: Colours, tested: [string, string][], least: number): string[] {
  return tested.flatMap(([top, ground]) =>
    ([0, 1] as const).flatMap((mode) => {
      const [one, other] = [colours[top]?.[mode], colours[ground]?.[mode]];
      if (one === undefined || other === undefined) return [`${top} on ${ground}: not there`];
      const ratio = contrast(one, other);
      return ratio >= least
        ? []
        : [`${top} on ${ground}, ${mode === 0 ? 'light' : 'dark'}: ${ratio.toFixed(2)}`];
    }),
  );
}

describe('the colours', () => {
  it('are measured as WCAG has it', () => {
    expect(contrast('#000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });
  it('let text be read at 4.5 to 1, light and dark', () => expect(faint(plain, TEXT, 4.5)).toEqual([]));
  it('let borders with a meaning be seen at 3 to 1', () => expect(faint(plain, BORDERS, 3)).toEqual([]));
  it('go to 7 to 1 where high contrast is wanted', () => {
    expect(faint(strong, pairs(INKS, GROUNDS), 7)).toEqual([]);
    expect(faint(strong, BORDERS, 4.5)).toEqual([]);
  });
});
