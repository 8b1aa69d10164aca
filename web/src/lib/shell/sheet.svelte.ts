// Whether the sheet of keyboard shortcuts is open.
class Sheet {
  private shown = $state(false);
  /** It was wanted in this visit: only then it is loaded. */
  asked = $state(false);

  get open(): boolean {
    return this.shown;
  }

  set open(open: boolean) {
    this.shown = open;
    this.asked ||= open;
  }
}
export const sheet = new Sheet();
