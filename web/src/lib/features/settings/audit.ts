// Entries of the audit log in words.
import type { AuditEntry } from '$lib/api/types';
import { t, type MessageKey } from '$lib/messages';

/** What can be filtered by. */
export const NOUNS = [
  'member',
  'invite',
  'team',
  'team_member',
  'webhook',
  'api_token',
  'share_link',
  'update',
  'retention',
  'export',
  'workspace',
] as const;

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `made the team Platform`; an action that this build does not know stands as it is. */
export function sentence(entry: AuditEntry): string {
  const details = entry.details as Record<string, unknown>;
  const params = Object.fromEntries(
    ['name', 'team', 'host'].map((name) => [name, text(details[name]) || '…']),
  );
  const key = `audit.action.${entry.action}`;
  const said = t(key as MessageKey, params);
  return said === key ? entry.action : said;
}

/** From what to what, where the entry says so. */
export function change(entry: AuditEntry): string {
  const { from, to, role, email } = entry.details as Record<string, unknown>;
  if (text(from) && text(to)) return t('audit.to', { from: text(from), to: text(to) });
  return [text(role), text(email)].filter(Boolean).join(', ');
}
