import { describe, expect, it } from 'vitest';
import { parse, type ServerEvent } from './events';

describe('parse', () => {
  it('reads whole events, skips comments and keeps the rest', () => {
    const seen: ServerEvent[] = [];
    const rest = parse(': hi\n\nid: 7\nevent: comment.created\ndata: {"a":1}\n\nid: 8\nda', (e) =>
      seen.push(e),
    );
    expect(seen).toEqual([{ id: '7', type: 'comment.created', data: { a: 1 } }]);
    expect(rest).toBe('id: 8\nda');
  });
});
