/** Names of saved files: `2026-03-14 a-siamese-cat 2db0168c.png`. */
import { getCalendarDay } from './date-range.ts';

const MAX_LENGTH = 80;
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
};

interface NamedFile {
  readonly createdAtMs: number;
  readonly prompt: string;
  readonly id: string;
  readonly mediaType: string;
  readonly timeZone: string;
}

/** A name that every system takes: letters of any script, digits and hyphens. */
export function createFileName({ createdAtMs, prompt, id, mediaType, timeZone }: NamedFile): string {
  const start = getCalendarDay(createdAtMs, timeZone);
  const end = `${id.replace(/[^\p{L}\p{N}]+/gu, '').slice(0, 8)}.${EXTENSIONS[mediaType] ?? 'bin'}`;
  const words =
    prompt
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const room = MAX_LENGTH - start.length - end.length - 2;
  const name = Array.from(words.join('-')).slice(0, room).join('').replace(/-$/, '');
  return name === '' ? `${start} ${end}` : `${start} ${name} ${end}`;
}
