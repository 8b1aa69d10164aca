// Problem documents (RFC 9457) as errors.
import { said, saidOfField } from '$lib/messages/said';
import type { FieldError, Problem } from './types';

export type { FieldError };

/** An answer that is no success. `status` 0: no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    readonly retryAfterS: number | null = null,
  ) {
    super(detail);
    this.name = 'ApiError';
  }

  /** What is wrong with one field, if the server said so. */
  field(name: string): string | null {
    return this.errors.find((error) => error.field === name)?.detail ?? null;
  }
}

/** The error in an answer. */
export async function readError(response: Response): Promise<ApiError> {
  const wait = Number(response.headers.get('retry-after'));
  const retryAfterS = Number.isFinite(wait) && wait > 0 ? wait : null;
  try {
    const body = (await response.json()) as Partial<Problem>;
    return new ApiError(
      response.status,
      body.code ?? 'unknown',
      said('problem', body.code ?? 'unknown', body.detail ?? response.statusText),
      (body.errors ?? []).map((error) => ({
        ...error,
        detail: saidOfField(error.field, error.code, error.detail),
      })),
      retryAfterS,
    );
  } catch {
    return new ApiError(response.status, 'unknown', response.statusText, [], retryAfterS);
  }
}
