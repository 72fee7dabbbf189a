/** The formats that are archived. No SVG: it can contain scripts. */
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
/** Media types that are stored as another one: an animated PNG counts as PNG. */
const ALIASES: Readonly<Record<string, string>> = { 'image/apng': 'image/png', 'video/x-m4v': 'video/mp4' };
const PREFIXES: Readonly<Record<TaskKind, string>> = { images: 'image/', videos: 'video/' };

/** The media type to store a file of this kind as; undefined if it is not archived. @param mediaType its detected type */
export function normalizeMediaType(kind: TaskKind, mediaType: string | undefined): string | undefined {
  const type = ALIASES[mediaType ?? ''] ?? mediaType;
  return type?.startsWith(PREFIXES[kind]) && Object.hasOwn(EXTENSIONS, type) ? type : undefined;
}

/** Whether an archived file is a video. Videos have no thumbnail, because they are not decoded. */
export function isVideo({ mediaType }: { readonly mediaType: string }): boolean {
  return mediaType.startsWith(PREFIXES.videos);
}

/** The file extension for a media type, without a dot. */
export function getExtension(mediaType: string): string {
  return EXTENSIONS[mediaType] ?? 'bin';
}

/** The media type that a file of the archive has by its extension; undefined for files that are not of the archive. */
export function getMediaType(extension: string): string | undefined {
  return Object.keys(EXTENSIONS).find((mediaType) => EXTENSIONS[mediaType] === extension);
}
