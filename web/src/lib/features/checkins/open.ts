// Opens today's round at once.

import { goto } from '$app/navigation';
import { api } from '$lib/api/client';
import { t } from '$lib/messages';
import { toasts } from '$lib/toasts.svelte';
import type { RoundBrief } from '../round/types';

/** Opens the check-in's round of today and goes there. */
export async function openNow(checkInId: string): Promise<void> {
  const round = await api.post<RoundBrief>(`/check-ins/${checkInId}/open`, {});
  toasts.say(t('checkins.opened'));
  await goto(`/r/${round.id}`);
}
