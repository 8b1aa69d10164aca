// Gets the streams of a source from the browser.

import { captureError, type Device } from './failures';

const WIDTH = 1280;
const HEIGHT = 720;
/** A larger screen is scaled down to this. */
const MAX_WIDTH = 1920;
const MAX_HEIGHT = 1080;
export const FRAMES_PER_SECOND = 30;

async function ask(device: Device, work: () => Promise<MediaStream>): Promise<MediaStream> {
  try {
    return await work();
  } catch (error) {
    throw captureError(device, error);
  }
}

/** A remembered device, or any when it is gone. */
const wanted = (id: string | null): { deviceId?: ConstrainDOMString } =>
  id === null ? {} : { deviceId: { ideal: id } };

export function openCamera(id: string | null, small: boolean): Promise<MediaStream> {
  return ask('camera', () =>
    navigator.mediaDevices.getUserMedia({
      video: {
        ...wanted(id),
        width: { ideal: small ? 640 : WIDTH },
        height: { ideal: small ? 480 : HEIGHT },
        frameRate: { ideal: FRAMES_PER_SECOND },
      },
    }),
  );
}

export function openMicrophone(id: string | null): Promise<MediaStream> {
  return ask('microphone', () =>
    navigator.mediaDevices.getUserMedia({
      audio: { ...wanted(id), echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    }),
  );
}

/** Options that are not in the DOM types yet. */
interface DisplayOptions extends DisplayMediaStreamOptions {
  selfBrowserSurface?: 'include' | 'exclude';
  surfaceSwitching?: 'include' | 'exclude';
  systemAudio?: 'include' | 'exclude';
}

export function openScreen(sound: boolean): Promise<MediaStream> {
  const options: DisplayOptions = {
    video: { width: { max: MAX_WIDTH }, height: { max: MAX_HEIGHT }, frameRate: { max: FRAMES_PER_SECOND } },
    audio: sound,
    selfBrowserSurface: 'include',
    surfaceSwitching: 'include',
    systemAudio: sound ? 'include' : 'exclude',
  };
  return ask('screen', () => navigator.mediaDevices.getDisplayMedia(options));
}

/** Several sounds as one track; one alone is taken as it is. Gives the track and what ends the mixing. */
export function mix(tracks: MediaStreamTrack[]): { track: MediaStreamTrack | null; close: () => void } {
  const [first] = tracks;
  if (first === undefined) return { track: null, close: () => undefined };
  if (tracks.length === 1) return { track: first, close: () => undefined };
  const context = new AudioContext();
  const target = context.createMediaStreamDestination();
  for (const track of tracks) context.createMediaStreamSource(new MediaStream([track])).connect(target);
  void context.resume();
  return { track: target.stream.getAudioTracks()[0] ?? null, close: () => void context.close() };
}

export function stopAll(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
