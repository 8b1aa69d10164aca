// One list over several updates, as the player needs it.

/** A stretch of an update; both ends 0: a text, which waits until it is read. */
export interface Piece {
  update_id: string;
  from_ms: number;
  to_ms: number;
  reason: string;
  /** What it belongs to within the update, such as a question: one skips by it. */
  part: string | null;
}

/** What is said where. */
export interface Line {
  id: string;
  start_ms: number;
  end_ms: number;
  text: string;
}
