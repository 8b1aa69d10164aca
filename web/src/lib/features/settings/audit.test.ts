import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '$lib/api/types';
import { admin } from '$lib/messages/en/admin';
import { change, NOUNS, sentence } from './audit';

function entry(action: string, details: Record<string, unknown>): AuditEntry {
  return {
    id: '1',
    at: '2026-11-22T09:00:00Z',
    actor: null,
    action,
    target_id: null,
    details: details as AuditEntry['details'],
  };
}

describe('the audit log in words', () => {
  it('names what was changed', () => {
    expect(sentence(entry('team.made', { name: 'Platform' }))).toBe('made the team Platform');
    expect(change(entry('member.role_changed', { from: 'member', to: 'admin' }))).toBe('member → admin');
    expect(change(entry('invite.made', { role: 'guest', email: null }))).toBe('guest');
  });

  it('shows an action that it does not know as it is', () => {
    expect(sentence(entry('moon.landed', {}))).toBe('moon.landed');
  });

  it('has a filter for the noun of every action', () => {
    const actions = Object.keys(admin).filter((key) => key.startsWith('audit.action.'));
    for (const key of actions) expect(NOUNS).toContain(key.split('.')[2]);
  });
});
