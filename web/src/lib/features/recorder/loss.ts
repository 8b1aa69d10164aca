// What becomes of a running recording when one of its devices goes away.

import type { Device } from './failures';
import type { Interruption, Source } from './types';

export interface Loss {
  /** `bare`: it goes on without the camera's bubble. */
  becomes: 'ended' | 'paused' | 'bare';
  why: Interruption;
}

export function afterLoss(device: Device, source: Source): Loss {
  if (device === 'screen') return { becomes: 'ended', why: 'screen_ended' };
  if (device === 'camera')
    return source === 'both'
      ? { becomes: 'bare', why: 'bubble_lost' }
      : { becomes: 'ended', why: 'camera_lost' };
  // Without a voice there is still a picture: it waits until another microphone is there.
  return { becomes: source === 'voice' ? 'ended' : 'paused', why: 'microphone_lost' };
}
