import { beforeEach, expect, it, vi } from 'vitest';
import { Player } from './player.svelte';

vi.mock('./state', () => ({ watchState: () => () => undefined }));
vi.stubGlobal('cancelAnimationFrame', () => undefined);

/** As much of a media element as is asked here. */
class Media extends EventTarget {
  paused = true;
  readyState = 0;
  currentTime = 0;
  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }
  pause(): void {
    this.paused = true;
  }
  /** What browsers do when a list is opened in an element that was to play but had nothing to. */
  given(): void {
    this.paused = true;
    this.readyState = 1;
    this.dispatchEvent(new Event('loadedmetadata'));
  }
}

let media: Media;
let player: Player;

beforeEach(() => {
  media = new Media();
  player = new Player();
  player.attach(media as unknown as HTMLMediaElement, {} as HTMLElement);
});

it('plays what was asked for before there was anything to play', () => {
  player.play();
  media.given();
  expect(media.paused).toBe(false);
});

it('does not begin by itself, nor after all when one has thought better of it', () => {
  media.given();
  expect(media.paused).toBe(true);
  media.readyState = 0;
  player.play();
  player.pause();
  media.given();
  expect(media.paused).toBe(true);
});
