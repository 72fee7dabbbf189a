/** The name under which a picture or video is saved: `2026-03-14 a-siamese-cat 2db0168c.png`. */
import { createTaskName } from '../../task/file-name.ts';
import { getCalendarDay } from './date-range.ts';

interface NamedFile {
  readonly createdAtMs: number;
  readonly prompt: string;
  readonly id: string;
  readonly mediaType: string;
  readonly timeZone: string;
}

/** The same names as in a download of many. */
export function createFileName({ createdAtMs, mediaType, timeZone, ...task }: NamedFile): string {
  const extension = mediaType.replace(/^.*\//, '').replace('jpeg', 'jpg');
  return `${createTaskName(getCalendarDay(createdAtMs, timeZone), task)}.${extension}`;
}
