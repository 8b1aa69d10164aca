import { expect, it } from 'vitest';
import { fileName, pickFormat, recorderOptions } from './formats';

it('asks for H.264 in WebM where it can be had, for VP8 elsewhere', () => {
  expect(pickFormat('both', () => true)).toEqual({
    mimeType: 'video/webm;codecs=h264,opus',
    kind: 'video',
  });
  expect(pickFormat('camera', (type) => !type.includes('h264') && !type.includes('avc1'))?.mimeType).toBe(
    'video/webm;codecs=vp8,opus',
  );
  expect(pickFormat('screen', (type) => type === 'video/mp4')?.mimeType).toBe('video/mp4');
});

it('takes sound alone for a voice message, and says when nothing can be made', () => {
  expect(pickFormat('voice', () => true)).toEqual({ mimeType: 'audio/webm;codecs=opus', kind: 'voice' });
  expect(pickFormat('voice', (type) => type.startsWith('video/'))).toBeNull();
});

it('asks for key frames only where there is a picture', () => {
  expect(recorderOptions({ mimeType: 'a', kind: 'video' }, 720).videoKeyFrameIntervalDuration).toBe(2_000);
  expect(recorderOptions({ mimeType: 'a', kind: 'voice' }, 0).videoKeyFrameIntervalDuration).toBeUndefined();
});

it('names the file by its time and container', () => {
  const at = Date.parse('2026-11-20T09:30:05Z');
  expect(fileName({ mimeType: 'video/webm;codecs=vp8,opus', kind: 'video' }, at)).toBe(
    'recording-2026-11-20-09-30-05.webm',
  );
});
