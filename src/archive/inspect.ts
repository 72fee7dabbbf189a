/** Inspects a file by its content. */
import type { ArchivedImage } from '../store/contract/images.ts';
import type { Artifact } from '../task/artifacts.ts';
import type { Decoder } from './decoding/decoder.ts';
import type { ThumbnailTarget } from './decoding/render-thumbnails.ts';
import { ImageFailure } from './failure.ts';
import { normalizeMediaType } from './formats.ts';

export interface Inspected {
  readonly properties: Omit<ArchivedImage, 'sha256' | 'bytes'>;
  /** Why its thumbnails were not written; undefined if they were, or none were to be. */
  readonly thumbnailError: string | undefined;
}

/** @param thumbnails to be written; a video has none @throws ImageFailure if its format is not archived, it is damaged, or it is too large to be decoded */
export async function inspectArtifact(
  path: string,
  artifact: Artifact,
  decoder: Decoder,
  thumbnails: readonly ThumbnailTarget[],
): Promise<Inspected> {
  // Loaded late: it is large, and most commands archive nothing.
  const { fileTypeFromFile } = await import('file-type');
  const mediaType = normalizeMediaType(artifact.kind, (await fileTypeFromFile(path))?.mime);
  if (artifact.kind === 'images') {
    if (mediaType === undefined) throw new ImageFailure('not a PNG, JPEG, WebP, GIF or AVIF image');
    const { thumbnailError, ...image } = await decoder.inspectImage(path, mediaType, thumbnails);
    return { properties: { mediaType, ...image }, thumbnailError };
  }
  if (mediaType === undefined) throw new ImageFailure('not an MP4 or WebM video');
  await decoder.inspectVideo(path, mediaType);
  // Videos are not decoded, so the size is that of the task document.
  const { width, height } = artifact;
  return { properties: { mediaType, width, height, thumbhash: undefined }, thumbnailError: undefined };
}
