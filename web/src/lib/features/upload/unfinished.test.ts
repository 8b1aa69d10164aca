import { describe, expect, it } from 'vitest';
import { fingerprintOf, toUnfinished } from './unfinished';

const stored = (key: string, more: Record<string, unknown> = {}) => ({
  size: 10,
  metadata: { update_id: 'u1', filename: 'a.mp4' },
  creationTime: 'Sat Nov 21 2026 10:00:00 GMT+0000',
  urlStorageKey: key,
  uploadUrl: 'http://here/api/v1/uploads/1',
  parallelUploadUrls: null,
  ...more,
});

describe('toUnfinished', () => {
  it('takes ours only, newest first', () => {
    const list = toUnfinished([
      stored('tus::meridian-t-a::1'),
      stored('tus::meridian-t-b::2', { creationTime: 'Sun Nov 22 2026 10:00:00 GMT+0000' }),
      stored('tus::tus-br-else::3'),
      stored('tus::meridian-t-c::4', { uploadUrl: null }),
      stored('tus::meridian-t-d::5', { metadata: {} }),
    ]);
    expect(list.map((upload) => upload.key)).toEqual(['tus::meridian-t-b::2', 'tus::meridian-t-a::1']);
  });
});

it('fingerprintOf tells files and teams apart', () => {
  const file = { name: 'a b::c.mp4', size: 5, lastModified: 9 };
  expect(fingerprintOf(file, 't1')).not.toBe(fingerprintOf(file, 't2'));
  expect(fingerprintOf(file, 't1')).not.toBe(fingerprintOf({ ...file, size: 6 }, 't1'));
  expect(fingerprintOf(file, 't1')).not.toContain('::');
});
