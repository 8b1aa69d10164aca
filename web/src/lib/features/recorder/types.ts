// Words of the recorder.

/** What is recorded: the screen, the camera, both with the camera as a bubble, a whiteboard, or the voice alone. */
export type Source = 'screen' | 'camera' | 'both' | 'board' | 'voice';

export const SOURCES: readonly Source[] = ['both', 'screen', 'camera', 'board', 'voice'];

export const usesScreen = (source: Source): boolean => source === 'screen' || source === 'both';
export const usesCamera = (source: Source): boolean => source === 'camera' || source === 'both';
/** The picture is put together by the page: there is something to draw on. */
export const isComposed = (source: Source): boolean => usesScreen(source) || source === 'board';

/** A named moment, ms from the start of the recording. */
export interface Chapter {
  at_ms: number;
  title: string;
  prompt_id?: string;
}

export interface Prompt {
  id: string;
  text: string;
}

export type Phase = 'setup' | 'asking' | 'countdown' | 'recording' | 'paused' | 'stopping';
/** Why a recording was paused or ended by something else than its author. */
export type Interruption =
  'camera_lost' | 'microphone_lost' | 'screen_ended' | 'limit' | 'no_room' | 'browser' | 'bubble_lost';
