/** The formats that are archived. No SVG: it can hold scripts. */
import type { TaskKind } from '../task/artifacts.ts';

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
};
/** Media types that are archived as another one: an animated PNG is a PNG. */
const ALIASES: Readonly<Record<string, string>> = { 'image/apng': 'image/png', 'video/x-m4v': 'video/mp4' };
const PREFIXES: Readonly<Record<TaskKind, string>> = { images: 'image/', videos: 'video/' };

/** What a file of this kind is archived as; undefined when it is not. @param mediaType by its content */
export function normalizeMediaType(kind: TaskKind, mediaType: string | undefined): string | undefined {
  const type = ALIASES[mediaType ?? ''] ?? mediaType;
  return type?.startsWith(PREFIXES[kind]) && Object.hasOwn(EXTENSIONS, type) ? type : undefined;
}

/** True for an archived video, which has no thumbnail: nothing here decodes one. */
export function isVideo({ mediaType }: { readonly mediaType: string }): boolean {
  return mediaType.startsWith(PREFIXES.videos);
}

/** The file extension for a media type, without a dot. */
export function getExtension(mediaType: string): string {
  return EXTENSIONS[mediaType] ?? 'bin';
}
