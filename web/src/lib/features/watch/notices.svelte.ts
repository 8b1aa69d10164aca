// Short sentences about what was done or could not be done.

export interface Notice {
  id: number;
  text: string;
  bad: boolean;
}

const SHOWN_MS = 6_000;

export class Notices {
  list = $state.raw<Notice[]>([]);
  private numbers = 0;

  say(text: string, bad = false): void {
    const notice = { id: (this.numbers += 1), text, bad };
    this.list = [...this.list.filter((other) => other.text !== text), notice].slice(-3);
    setTimeout(() => this.drop(notice.id), bad ? SHOWN_MS * 2 : SHOWN_MS);
  }

  drop(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}
