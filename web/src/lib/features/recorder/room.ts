// How much the browser may still keep for us.

/** Below this much free space the recorder warns. */
export const LOW_BYTES = 200 * 1024 * 1024;
/** Below this much it stops while everything is still safe. */
export const NONE_BYTES = 24 * 1024 * 1024;

export type Room = 'enough' | 'low' | 'none';

/** Once the browser keeps nothing more, what is not sent is in memory: so much of it at most. */
export const MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * What an estimate means for a recording with this much still to be sent; `unkept`: a piece could not be kept. That says
 * more than the estimate, which some browsers make up.
 */
export function roomOf(
  estimate: { quota?: number; usage?: number },
  backlogBytes: number,
  unkept = false,
): Room {
  if (unkept && backlogBytes > 0) return backlogBytes > MEMORY_BYTES ? 'none' : 'low';
  if (estimate.quota === undefined || estimate.usage === undefined) return 'enough';
  // What is sent leaves the archive again: a small backlog needs no room.
  if (backlogBytes < 2 * 1024 * 1024) return 'enough';
  const free = estimate.quota - estimate.usage;
  return free < NONE_BYTES ? 'none' : free < LOW_BYTES ? 'low' : 'enough';
}

export async function room(backlogBytes: number, unkept: boolean): Promise<Room> {
  const estimate = await navigator.storage.estimate().catch(() => ({}));
  return roomOf(estimate, backlogBytes, unkept);
}
