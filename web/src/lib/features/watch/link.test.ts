import { expect, it } from 'vitest';
import { linkTo } from './link';

it('linkTo names moment and comment', () => {
  expect(linkTo('u1', null, null, 'https://m.example')).toBe('https://m.example/u/u1');
  expect(linkTo('u1', 83_400, 'c1', 'https://m.example')).toBe('https://m.example/u/u1?t=83.4#comment-c1');
});
