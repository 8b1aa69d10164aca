// Whether the sheet of keyboard shortcuts is open.
class Sheet {
  open = $state(false);
}
export const sheet = new Sheet();
