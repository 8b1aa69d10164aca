import { describe, expect, it } from 'vitest';
import { said, type Reminded } from './reminded';

const now = new Date('2026-11-03T14:20:00Z');
const user = (display_name: string): Reminded['reminded'][number] => ({
  id: display_name,
  display_name,
  time_zone: 'UTC',
});

describe('said', () => {
  it('names who was reminded, and why others were not', () => {
    const answer: Reminded = {
      reminded: [user('Ada'), user('Gus')],
      passed_over: [
        { user: user('Tia'), reason: 'quiet_hours', again_at: '2026-11-03T19:00:00Z' },
        { user: user('Max'), reason: 'away', again_at: null },
      ],
    };
    expect(said(answer, 'UTC', now)).toEqual([
      'Reminded: Ada and Gus.',
      'Not Tia: quiet hours there; from 19:00 on.',
      'Not Max: away.',
    ]);
  });
  it('says when nobody was', () => {
    expect(said({ reminded: [], passed_over: [] }, 'UTC', now)).toEqual(['Nobody was reminded.']);
  });
});
