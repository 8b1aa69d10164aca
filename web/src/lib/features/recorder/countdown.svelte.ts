// Three, two, one.

const FROM = 3;

export class Countdown {
  count = $state(0);
  private end: ((go: boolean) => void) | null = null;

  /** Counts down; false: it was called off. */
  run(): Promise<boolean> {
    this.count = FROM;
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        this.count -= 1;
        if (this.count === 0) this.end?.(true);
      }, 1000);
      this.end = (go) => {
        clearInterval(timer);
        this.end = null;
        resolve(go);
      };
    });
  }

  cancel(): void {
    this.end?.(false);
  }
}
