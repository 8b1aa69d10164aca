// What a recording is to become.

import type { Recording } from './archive';
import { fileName, type Format } from './formats';

/** An update that is answered, for the same people: null is its whole team. */
export interface ReplyTo {
  updateId: string;
  audience: string[] | null;
}

export interface RecordingPlan {
  userId: string;
  teamId: string;
  title: string;
  roundId: string | null;
  /** The draft that this one is made instead of. */
  replaces: string | null;
  /** The update that it answers. */
  replyTo?: ReplyTo | null;
  limitMs: number | null;
}

function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

/** A recording that begins now. */
export function recordingOf(plan: RecordingPlan, format: Format, live: boolean): Recording {
  const now = Date.now();
  return {
    id: newId(),
    userId: plan.userId,
    teamId: plan.teamId,
    title: plan.title,
    kind: format.kind,
    publish: live ? 'now' : 'draft',
    filename: fileName(format, now),
    mimeType: format.mimeType.split(';')[0] ?? format.mimeType,
    roundId: plan.roundId,
    replaces: plan.replaces,
    replyTo: plan.replyTo ?? null,
    tries: 0,
    updateId: null,
    uploadUrl: null,
    chapters: [],
    dirty: false,
    createdAt: new Date(now).toISOString(),
    durationMs: 0,
    ended: false,
  };
}
