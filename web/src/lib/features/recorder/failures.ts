// Why a device could not be had, as a code for the message catalogue.

export type CaptureFailure =
  | 'camera_refused'
  | 'microphone_refused'
  | 'screen_refused'
  | 'camera_missing'
  | 'microphone_missing'
  | 'screen_missing'
  | 'camera_busy'
  | 'microphone_busy'
  | 'screen_busy'
  | 'no_format'
  | 'unknown';

export type Device = 'camera' | 'microphone' | 'screen';

export class CaptureError extends Error {
  constructor(
    readonly code: CaptureFailure,
    options?: ErrorOptions,
  ) {
    super(code, options);
    this.name = 'CaptureError';
  }
}

const WHY: Record<string, 'refused' | 'missing' | 'busy'> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** What the browser's error means for this device. */
export function captureError(device: Device, error: unknown): CaptureError {
  const why = error instanceof Error || error instanceof DOMException ? WHY[error.name] : undefined;
  return new CaptureError(why === undefined ? 'unknown' : `${device}_${why}`, { cause: error });
}

/** Why this page cannot record at all; null: it can. */
export function cannotRecord(scope: {
  isSecureContext: boolean;
  MediaRecorder?: unknown;
  navigator: { mediaDevices?: { getUserMedia?: unknown } };
}): 'insecure' | 'unsupported' | null {
  if (!scope.isSecureContext) return 'insecure';
  if (scope.MediaRecorder === undefined || scope.navigator.mediaDevices?.getUserMedia === undefined)
    return 'unsupported';
  return null;
}
