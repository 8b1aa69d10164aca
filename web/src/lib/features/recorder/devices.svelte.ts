// The cameras and microphones there are.

export interface DeviceChoice {
  id: string;
  label: string;
}

export class Devices {
  cameras = $state.raw<DeviceChoice[]>([]);
  microphones = $state.raw<DeviceChoice[]>([]);

  /** Reads them anew; names are known only once one of them may be used. */
  readonly refresh = async (): Promise<void> => {
    const found = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const of = (kind: MediaDeviceKind): DeviceChoice[] =>
      found
        .filter((device) => device.kind === kind && device.deviceId !== '')
        .map((device) => ({ id: device.deviceId, label: device.label }));
    this.cameras = of('videoinput');
    this.microphones = of('audioinput');
  };

  /** Follows what is plugged in and out; gives what ends it. */
  follow(): () => void {
    void this.refresh();
    navigator.mediaDevices.addEventListener('devicechange', this.refresh);
    return () => navigator.mediaDevices.removeEventListener('devicechange', this.refresh);
  }
}

/** Whether the browser would give the microphone (and the camera) without asking. */
export async function allGranted(camera: boolean): Promise<boolean> {
  try {
    const names = camera ? ['microphone', 'camera'] : ['microphone'];
    const answers = await Promise.all(
      names.map((name) => navigator.permissions.query({ name: name as PermissionName })),
    );
    return answers.every((answer) => answer.state === 'granted');
  } catch {
    return false;
  }
}
