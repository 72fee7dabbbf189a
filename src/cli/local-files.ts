/** Where the archived pictures and videos of a hit are on this machine. */
import type { ImageStorage } from '../archive/image-storage.ts';
import type { SearchHit } from '../views/search-schema.ts';

/** Absolute paths, images before videos; empty if nothing is archived yet. */
export function listLocalFiles(
  { images, videos }: Pick<SearchHit, 'images' | 'videos'>,
  files: Pick<ImageStorage, 'locate'>,
): string[] {
  return [...images, ...videos].flatMap(({ local }) =>
    local ? [files.locate({ sha256: local.sha256, mediaType: local.media_type })] : [],
  );
}
