/** The kinds of image that are kept. No SVG: it can hold scripts. */

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
};

/** What a content is kept as; undefined when it is not kept. An animated PNG is a PNG. */
export function normalizeMediaType(mediaType: string | undefined): string | undefined {
  const type = mediaType === 'image/apng' ? 'image/png' : mediaType;
  return type !== undefined && Object.hasOwn(EXTENSIONS, type) ? type : undefined;
}

/** The ending of a file of this kind, without a dot. */
export function getExtension(mediaType: string): string {
  return EXTENSIONS[mediaType] ?? 'bin';
}
