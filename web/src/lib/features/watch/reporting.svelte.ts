// What was seen is told to the server: now and then while it plays, when it pauses, and when the page is left.

import { onMount, untrack } from 'svelte';
import type { Update } from './types';
import type { WatchPage } from './page.svelte';

/** To be called while a component starts. Gives what tells of spans that were read. */
export function reporting(
  page: WatchPage,
  update: () => Update,
): { read: (spans: [number, number][]) => void } {
  const { player, reporter } = page;
  const counts = (): boolean => update().publish.state === 'published';

  function report(leaving = false): void {
    if (update().kind !== 'text' && counts())
      reporter.flush(player.timeMs, player.plays.seen, page.by, leaving);
  }

  onMount(() => {
    const leave = (): void => report(true);
    const hidden = (): void => {
      if (document.visibilityState === 'hidden') report(true);
    };
    window.addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      window.removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', hidden);
      report(true);
    };
  });
  $effect(() => {
    const seen = player.plays.seen;
    if (counts() && seen.length > 0) untrack(() => reporter.tick(player.timeMs, seen, page.by));
  });
  $effect(() => {
    if (player.paused && player.started) untrack(() => report());
  });

  return {
    read: (spans) => {
      if (counts()) reporter.flush(player.timeMs, [...player.plays.seen, ...spans], 'reading');
    },
  };
}
