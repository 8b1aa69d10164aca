// Whether this browser shows notifications: its permission, and the person's wish on this device.
const WISH = 'meridian.notify';

export function canShow(): boolean {
  return 'Notification' in globalThis && globalThis.isSecureContext;
}

export function wished(): boolean {
  try {
    return localStorage.getItem(WISH) === '1';
  } catch {
    return false;
  }
}

export function wish(on: boolean): void {
  try {
    localStorage.setItem(WISH, on ? '1' : '0');
  } catch {
    // It holds for this visit only.
  }
}

export function shownByBrowser(): boolean {
  return canShow() && Notification.permission === 'granted' && wished();
}
