// What is being sent, whichever page one is on, and what an earlier visit left behind.

import { archive, type Recording } from './archive';
import { own, owned } from './lock';
import { Sender, type Timer } from './sender.svelte';
import { uplink } from './tus';

/** Waits; the network's return ends the waiting early. */
const timer: Timer = {
  wait: (ms) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timeout);
        window.removeEventListener('online', done);
        resolve();
      };
      const timeout = setTimeout(done, ms);
      window.addEventListener('online', done);
    }),
};

class Outbox {
  senders = $state.raw<Sender[]>([]);
  /** What a lost tab or browser left. */
  left = $state.raw<Recording[]>([]);
  readonly busy = $derived(this.senders.some((sender) => ['sending', 'waiting'].includes(sender.state)));
  /** Not asked about again in this visit. */
  private readonly later = new Set<string>();

  /** A sender of a new recording that this tab owns. */
  async begin(recording: Recording): Promise<Sender> {
    const release = await own(recording.id);
    const sender = this.adopt(recording, release ?? (() => undefined));
    sender.start();
    return sender;
  }

  private adopt(recording: Recording, release: () => void): Sender {
    const sender: Sender = new Sender(recording, archive, uplink, timer, () => {
      if (sender.state === 'refused') return;
      release();
      if (sender.state === 'discarded') this.forget(sender);
    });
    this.senders = [...this.senders, sender];
    return sender;
  }

  forget(sender: Sender): void {
    this.senders = this.senders.filter((one) => one !== sender);
  }

  /** Looks for what was left behind by this person. */
  async look(userId: string): Promise<void> {
    if (!('locks' in navigator) || !('indexedDB' in window)) return;
    try {
      const held = await owned();
      const mine = (await archive.list()).filter((one) => one.userId === userId);
      this.left = mine.filter((one) => !held.has(one.id) && !this.later.has(one.id));
    } catch {
      // No storage for this page (a private window, perhaps): then nothing was kept either.
      this.left = [];
    }
  }

  /** Goes on sending; null: another tab does already. */
  async resume(recording: Recording): Promise<Sender | null> {
    const sender = await this.claim(recording);
    await sender?.restore();
    return sender;
  }

  /** Keeps it for another visit. */
  postpone(recording: Recording): void {
    this.later.add(recording.id);
    this.drop(recording);
  }

  /** Throws it away, with its draft; false: another tab sends it, or has sent it. */
  async discard(recording: Recording): Promise<boolean> {
    const sender = await this.claim(recording);
    await sender?.discard();
    return sender !== null;
  }

  /** Takes over what was offered, as it is now: since the offer another tab may have taken it. */
  private async claim(recording: Recording): Promise<Sender | null> {
    this.drop(recording);
    const release = await own(recording.id);
    if (release === null) return null;
    const now = (await archive.list()).find((one) => one.id === recording.id);
    if (now !== undefined) return this.adopt(now, release);
    release();
    return null;
  }

  private drop(recording: Recording): void {
    this.left = this.left.filter((one) => one.id !== recording.id);
  }
}

export const outbox = new Outbox();
