// Short notes that come and go at the foot of the page, read out by screen readers.
interface Toast {
  id: number;
  text: string;
}

const SHOWN_MS = 5000;

class Toasts {
  items = $state<Toast[]>([]);
  private next = 1;

  say(text: string): void {
    const id = this.next++;
    this.items = [...this.items.slice(-2), { id, text }];
    setTimeout(() => this.drop(id), SHOWN_MS);
  }

  drop(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
