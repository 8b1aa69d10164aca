// Whether this browser keeps a recording, or one is being made: only then what shows and sends them is loaded.

/** Where recordings are kept until the server has them (see `archive`). */
export const ARCHIVE = 'meridian-recordings';

export const kept = $state({ any: false });

/** Looks now, and whenever the page is seen again: another tab may have left something. Gives what ends it. */
export function watchKept(): () => void {
  const look = (): void => {
    if (kept.any || document.visibilityState !== 'visible') return;
    void isAnyKept().then((any) => (kept.any ||= any));
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => document.removeEventListener('visibilitychange', look);
}

/** Without storage (a private window, perhaps) there is none. */
async function isAnyKept(): Promise<boolean> {
  // A browser that does not name its databases is looked into with all that belongs to it.
  if (!('databases' in indexedDB)) return true;
  try {
    const known = await indexedDB.databases();
    return known.some(({ name }) => name === ARCHIVE) && (await hasEntries());
  } catch {
    return false;
  }
}

function hasEntries(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(ARCHIVE);
    // It went in this moment: none is made without what belongs in it.
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const count = request.result.transaction('recordings').objectStore('recordings').count();
      count.onerror = () => reject(count.error);
      count.onsuccess = () => {
        request.result.close();
        resolve(count.result > 0);
      };
    };
  });
}
