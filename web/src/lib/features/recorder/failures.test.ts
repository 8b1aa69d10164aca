import { expect, it } from 'vitest';
import { cannotRecord, captureError } from './failures';

it('captureError tells a refusal from a missing and from a busy device', () => {
  const named = (name: string): Error => Object.assign(new Error('x'), { name });
  expect(captureError('camera', named('NotAllowedError')).code).toBe('camera_refused');
  expect(captureError('microphone', named('NotFoundError')).code).toBe('microphone_missing');
  expect(captureError('screen', named('NotReadableError')).code).toBe('screen_busy');
  expect(captureError('camera', 'odd').code).toBe('unknown');
});

it('cannotRecord names the insecure origin first', () => {
  const able = { isSecureContext: true, MediaRecorder: 1, navigator: { mediaDevices: { getUserMedia: 1 } } };
  expect(cannotRecord(able)).toBeNull();
  expect(cannotRecord({ ...able, isSecureContext: false, navigator: {} })).toBe('insecure');
  expect(cannotRecord({ ...able, MediaRecorder: undefined })).toBe('unsupported');
});
