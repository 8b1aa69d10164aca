// The present instant, as the server writes instants.

export function nowIso(): string {
  return new Date().toISOString();
}
