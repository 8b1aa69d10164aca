// What went wrong with an upload, as a code for the message catalogue, and whether trying again can help.
import { said } from '$lib/messages/said';

export type FailureCode =
  | 'offline'
  | 'signed_out'
  | 'forbidden'
  | 'gone'
  | 'unsupported'
  | 'too_large'
  | 'quota'
  | 'no_room'
  | 'busy'
  | 'taken'
  | 'unknown';

export interface Failure {
  code: FailureCode;
  /** The server's own sentence, when it gave one. */
  detail: string | null;
  /** The same upload may be tried again from where it stopped. */
  retryable: boolean;
}

const BY_STATUS: Record<number, [FailureCode, boolean]> = {
  0: ['offline', true],
  401: ['signed_out', true],
  403: ['forbidden', false],
  404: ['gone', false],
  409: ['taken', true],
  410: ['gone', false],
  413: ['too_large', false],
  415: ['unsupported', false],
  423: ['busy', true],
  429: ['busy', true],
  460: ['busy', true],
  503: ['busy', true],
  507: ['no_room', true],
};

/** Reads a status (0: no answer) and the body of a problem document. */
export function failureOf(status: number, body: string): Failure {
  let detail: string | null = null;
  let problem: string | null = null;
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) {
      if ('code' in parsed && typeof parsed.code === 'string') problem = parsed.code;
      if ('detail' in parsed && typeof parsed.detail === 'string')
        detail = said('problem', problem ?? '', parsed.detail);
    }
  } catch {
    // no problem document: the status alone must do
  }
  const [code, retryable] = BY_STATUS[status] ?? ['unknown', status >= 500];
  return { code: problem === 'quota_exceeded' ? 'quota' : code, detail, retryable };
}
