/** The image formats that are archived. No SVG: it can contain scripts. */

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
};

/** The media type to store an image as; undefined if it is not archived. An animated PNG counts as PNG. */
export function normalizeMediaType(mediaType: string | undefined): string | undefined {
  const type = mediaType === 'image/apng' ? 'image/png' : mediaType;
  return type !== undefined && Object.hasOwn(EXTENSIONS, type) ? type : undefined;
}

/** The file extension for a media type, without a dot. */
export function getExtension(mediaType: string): string {
  return EXTENSIONS[mediaType] ?? 'bin';
}
