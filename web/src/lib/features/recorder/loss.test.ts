import { expect, it } from 'vitest';
import { afterLoss } from './loss';
import { SOURCES } from './types';

it('a recording ends with the picture or the voice that it is of', () => {
  expect(afterLoss('screen', 'screen')).toEqual({ becomes: 'ended', why: 'screen_ended' });
  expect(afterLoss('screen', 'both')).toEqual({ becomes: 'ended', why: 'screen_ended' });
  expect(afterLoss('camera', 'camera')).toEqual({ becomes: 'ended', why: 'camera_lost' });
  expect(afterLoss('microphone', 'voice')).toEqual({ becomes: 'ended', why: 'microphone_lost' });
});

it('it goes on without the bubble, and waits for another microphone while there is a picture', () => {
  expect(afterLoss('camera', 'both')).toEqual({ becomes: 'bare', why: 'bubble_lost' });
  for (const source of SOURCES.filter((one) => one !== 'voice'))
    expect(afterLoss('microphone', source)).toEqual({ becomes: 'paused', why: 'microphone_lost' });
});
