/**
 * Whether a file is there to its end, by the structure of its format. Decoders tolerate what is missing behind the pixels
 * that they need: a GIF without its last frames, the animation of a PNG, the end of a video.
 */
import { isGifComplete } from './gif-structure.ts';
import { isJpegComplete } from './jpeg-structure.ts';
import { isPngComplete } from './png-structure.ts';
import { isMatroskaComplete, isMp4Complete } from './video-structure.ts';

/** A file that is read in places. */
export interface ByteSource {
  readonly size: number;
  /** Fewer bytes at the end of the file. */
  read(offset: number, length: number): Buffer;
}

/** @param mediaType as it is stored; a WebP is checked by its decoder */
export function isComplete(source: ByteSource, mediaType: string): boolean {
  switch (mediaType) {
    case 'image/png':
      return isPngComplete(source);
    case 'image/jpeg':
      return isJpegComplete(source.read(0, source.size));
    case 'image/gif':
      return isGifComplete(source);
    case 'image/avif':
    case 'video/mp4':
      return isMp4Complete(source);
    case 'video/webm':
      return isMatroskaComplete(source);
    default:
      return true;
  }
}
