// What went wrong, in words for the person at the screen.
import { t } from '$lib/messages';
import { ApiError } from './errors';

/** One sentence for any error. The server's own words where it sent some. */
export function words(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.unknown');
  if (error.status === 0) return t('common.offline');
  if (error.status === 429) {
    return error.retryAfterS ? t('error.wait', { seconds: error.retryAfterS }) : t('error.tooMany');
  }
  const first = error.errors[0];
  if (first) return first.detail;
  if (error.status >= 500) return t('error.server');
  return error.detail === '' ? t('error.unknown') : error.detail;
}

/** Whether what was asked for is not there, or not for this person. */
export function isMissing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 400);
}
