// What the transcript's menu offers.

import { t } from '$lib/messages';
import type { MenuItem } from '../watch/menu';
import { EXPORT_FORMATS, type ExportFormat } from './types';

interface Doing {
  copy: () => void;
  /** Null where there is no text. */
  download: ((format: ExportFormat) => void) | null;
  /** Null where it may not be asked for. */
  regenerate: (() => void) | null;
}

export function menuOf({ copy, download, regenerate }: Doing): MenuItem[] {
  return [
    { label: t('transcript.copyLink'), run: copy },
    ...(download === null ? [] : EXPORT_FORMATS).map((format) => ({
      label: t(`transcript.download.${format}`),
      run: () => download?.(format),
    })),
    ...(regenerate === null ? [] : [{ label: t('transcript.regenerate'), run: regenerate }]),
  ];
}
