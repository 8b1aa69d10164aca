// What a browser keeps of addresses.

/** The things that the addresses kept under a key stand for; none where nothing can be read. */
export function readKept<T>(key: string, read: (params: URLSearchParams) => T): T[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    if (!Array.isArray(found)) return [];
    return found
      .filter((one) => typeof one === 'string')
      .map((address) => read(new URLSearchParams(address.split('?')[1] ?? '')));
  } catch {
    return [];
  }
}
