// The words for what is being done to an update.

import type { Update } from '../watch/types';

const PHASES = {
  queued: 'phase.queued',
  reading: 'phase.probing',
  receiving: 'phase.uploading',
  probing: 'phase.probing',
  transcoding: 'phase.transcoding',
  processing: 'phase.transcoding',
  packaging: 'phase.transcoding',
  finishing: 'phase.finishing',
  loudness: 'phase.finishing',
  transcribing: 'phase.transcribing',
} as const;

export type PhaseKey =
  | (typeof PHASES)[keyof typeof PHASES]
  | 'phase.uploading'
  | 'phase.live'
  | 'phase.working'
  | 'phase.playable';

/** The message that says what is going on. Phases this client does not know are "in work". */
export function phaseKey(update: Pick<Update, 'status' | 'live' | 'progress'>): PhaseKey {
  if (update.status === 'uploading') return update.live ? 'phase.live' : 'phase.uploading';
  const phase = update.progress?.phase ?? '';
  if (update.status === 'playable' && phase !== 'transcribing') return 'phase.playable';
  if (Object.hasOwn(PHASES, phase)) return PHASES[phase as keyof typeof PHASES];
  return update.status === 'playable' ? 'phase.playable' : 'phase.working';
}
