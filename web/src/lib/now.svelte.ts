// The present minute, for ages and the day strip. One timer for all.
class Now {
  at = $state.raw(new Date());
  private users = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Brings `at` up to date at once, where something has just happened. */
  look(): void {
    this.at = new Date();
  }

  /** Keeps `at` up to date to the minute until the returned function is called. */
  watch(): () => void {
    if (this.users++ === 0) {
      this.at = new Date();
      this.timer = setInterval(() => (this.at = new Date()), 20_000);
    }
    return () => {
      if (--this.users === 0) clearInterval(this.timer);
    };
  }
}

export const now = new Now();
