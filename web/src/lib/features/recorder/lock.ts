// One tab at a time owns a recording.

/** Takes the lock if nobody has it; gives what lets it go, or null. It also goes with the tab. */
export function own(id: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`meridian-recording-${id}`, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

/** The recordings that some tab owns now. */
export async function owned(): Promise<Set<string>> {
  const { held } = await navigator.locks.query();
  return new Set((held ?? []).map((lock) => (lock.name ?? '').replace('meridian-recording-', '')));
}
