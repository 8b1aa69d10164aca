import { describe, expect, it, vi } from 'vitest';
import { EVERY_MS, WatchReporter, type WatchReport } from './report';

function setUp(fails = false) {
  let now = 0;
  const send = vi.fn<(report: WatchReport) => Promise<void>>(() =>
    fails ? Promise.reject(new Error('offline')) : Promise.resolve(),
  );
  const reporter = new WatchReporter(send, () => now);
  return {
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
    expect(reports()[1]).toEqual({ position_ms: 3_000, seen_ranges: [[1_000, 3_000]], by: 'reading' });
  });

  it('sends again what did not arrive', async () => {
    const { reporter, reports } = setUp(true);
    reporter.flush(1_000, [[0, 1_000]], 'watching');
    await Promise.resolve();
    await Promise.resolve();
    reporter.flush(3_000, [[0, 3_000]], 'watching');
    expect(reports()[1]?.seen_ranges).toEqual([[0, 3_000]]);
  });

  it('is silent before anything was seen', () => {
    const { reporter, send } = setUp();
    reporter.flush(0, [], 'watching', true);
    expect(send).not.toHaveBeenCalled();
  });
});
