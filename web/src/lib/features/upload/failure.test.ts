import { expect, it } from 'vitest';
import { failureOf } from './failure';

it('failureOf tells statuses apart', () => {
  expect(failureOf(0, '')).toEqual({ code: 'offline', detail: null, retryable: true });
  expect(failureOf(415, '{"detail":"This is a PDF.","code":"unsupported_media"}')).toEqual({
    code: 'unsupported',
    detail: 'This is a PDF.',
    retryable: false,
  });
  expect(failureOf(413, '{"code":"too_large"}').code).toBe('too_large');
  expect(failureOf(413, '{"code":"quota_exceeded"}').code).toBe('quota');
  expect(failureOf(507, 'x').code).toBe('no_room');
  expect(failureOf(500, 'x')).toEqual({ code: 'unknown', detail: null, retryable: true });
  expect(failureOf(418, '[]')).toEqual({ code: 'unknown', detail: null, retryable: false });
});
