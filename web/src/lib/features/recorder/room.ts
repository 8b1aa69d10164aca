// How much the browser may still keep for us.

/** Below this much free space the recorder warns. */
export const LOW_BYTES = 200 * 1024 * 1024;
/** Below this much it stops while everything is still safe. */
export const NONE_BYTES = 24 * 1024 * 1024;

export type Room = 'enough' | 'low' | 'none';

/** What an estimate means for a recording with this much still to be sent. */
export function roomOf(estimate: { quota?: number; usage?: number }, backlogBytes: number): Room {
  if (estimate.quota === undefined || estimate.usage === undefined) return 'enough';
  // What is sent leaves the archive again: a small backlog needs no room.
  if (backlogBytes < 2 * 1024 * 1024) return 'enough';
  const free = estimate.quota - estimate.usage;
  return free < NONE_BYTES ? 'none' : free < LOW_BYTES ? 'low' : 'enough';
}

export async function room(backlogBytes: number): Promise<Room> {
  try {
    return roomOf(await navigator.storage.estimate(), backlogBytes);
  } catch {
    return 'enough';
  }
}
