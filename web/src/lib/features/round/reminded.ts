// What came of reminding, in words.
import type { components } from '$lib/api/schema';
import { t } from '$lib/messages';
import { locale } from '$lib/messages/locale';
import { when } from '$lib/utils/time';

export type Reminded = components['schemas']['Reminded'];

const REASONS = [
  'answered',
  'excused',
  'away',
  'not_open',
  'ended',
  'recent',
  'quiet_hours',
  'unwanted',
] as const;

/** `Reminded: Ada and Gus.`, and a sentence for each who was not. */
export function said(answer: Reminded, zone: string, now: Date): string[] {
  const list = new Intl.ListFormat(locale(), { type: 'conjunction' });
  const names = answer.reminded.map((one) => one.display_name);
  const first = names.length > 0 ? t('remind.done', { names: list.format(names) }) : t('remind.nobody');
  const rest = answer.passed_over.map(({ user, reason, again_at }) => {
    const why = t(`remind.why.${REASONS.find((known) => known === reason) ?? 'recent'}`);
    const name = user.display_name;
    return again_at === null
      ? t('remind.not', { name, why })
      : t('remind.notYet', { name, why, when: when(again_at, zone, null, now) });
  });
  return [first, ...rest];
}
