import { describe, expect, it, vi } from 'vitest';
import { Plays } from './plays.svelte';
import { EVERY_MS, WatchReporter, type WatchReport } from './report';

function setUp(fails = false) {
  let now = 0;
  const send = vi.fn<(report: WatchReport) => Promise<void>>(() =>
    fails ? Promise.reject(new Error('offline')) : Promise.resolve(),
  );
  const plays = new Plays();
  const reporter = new WatchReporter(plays, send, () => now);
  return {
    plays,
    reporter,
    send,
    later: (ms: number) => (now += ms),
    reports: () => send.mock.calls.map(([report]) => report),
  };
}

describe('WatchReporter', () => {
  it('sends the first at once and the next only when it is time', () => {
    const { reporter, send, later } = setUp();
    reporter.tick(1_000, [[0, 1_000]], 'watching');
    later(EVERY_MS / 2);
    reporter.tick(6_000, [[0, 6_000]], 'watching');
    expect(send).toHaveBeenCalledTimes(1);
    later(EVERY_MS / 2);
    reporter.tick(11_000, [[0, 11_000]], 'watching');
    expect(send).toHaveBeenCalledTimes(2);
  });

  it('sends only what is new, and nothing when nothing is', () => {
    const { reporter, send, reports } = setUp();
    reporter.flush(1_000, [[0, 1_000]], 'watching');
    reporter.flush(1_000, [[0, 1_000]], 'watching');
    reporter.flush(3_000, [[0, 3_000]], 'reading');
    expect(send).toHaveBeenCalledTimes(2);
    expect(reports()[1]).toEqual({
      position_ms: 3_000,
      seen_ranges: [[1_000, 3_000]],
      played_ranges: [],
      by: 'reading',
    });
  });

  it('sends again what did not arrive', async () => {
    const { plays, reporter, reports } = setUp(true);
    plays.add(0, 1_000, 1_000, 1);
    reporter.flush(1_000, [[0, 1_000]], 'watching');
    await Promise.resolve();
    await Promise.resolve();
    reporter.flush(3_000, [[0, 3_000]], 'watching');
    expect(reports()[1]?.seen_ranges).toEqual([[0, 3_000]]);
    expect(reports()[1]?.played_ranges).toEqual([[0, 1_000]]);
  });

  it('tells what is played again, though nothing new was seen', () => {
    const { plays, reporter, reports } = setUp();
    plays.add(0, 8_000, 8_000, 1);
    reporter.flush(8_000, [[0, 8_000]], 'watching');
    plays.add(2_000, 5_000, 3_000, 1);
    reporter.flush(5_000, [[0, 8_000]], 'watching');
    expect(reports()[1]).toMatchObject({ seen_ranges: [], played_ranges: [[2_000, 5_000]] });
  });

  it('is silent before anything was seen', () => {
    const { reporter, send } = setUp();
    reporter.flush(0, [], 'watching', true);
    expect(send).not.toHaveBeenCalled();
  });
});
