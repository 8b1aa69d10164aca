// How dates, numbers and plurals of the present language are written (`en-GB`). Set by `language` alone.
let present = 'en-GB';

export function locale(): string {
  return present;
}

export function setLocale(tag: string): void {
  present = tag;
}
