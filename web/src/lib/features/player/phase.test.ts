import { expect, it } from 'vitest';
import { phaseKey } from './phase';

it('phaseKey knows every status, and phases to come', () => {
  expect(phaseKey({ status: 'uploading', live: true, progress: { phase: 'queued', percent: 0 } })).toBe(
    'phase.live',
  );
  expect(phaseKey({ status: 'uploading', live: false, progress: { phase: 'queued', percent: 0 } })).toBe(
    'phase.uploading',
  );
  expect(
    phaseKey({ status: 'processing', live: false, progress: { phase: 'transcribing', percent: 3 } }),
  ).toBe('phase.transcribing');
  expect(phaseKey({ status: 'processing', live: false, progress: { phase: 'polishing', percent: 3 } })).toBe(
    'phase.working',
  );
  for (const phase of ['processing', 'loudness']) {
    const update = { status: 'playable', live: false, progress: { phase, percent: 99 } } as const;
    expect(phaseKey(update)).toBe('phase.playable');
  }
  expect(phaseKey({ status: 'playable', live: false, progress: { phase: 'queued', percent: 0 } })).toBe(
    'phase.playable',
  );
});
