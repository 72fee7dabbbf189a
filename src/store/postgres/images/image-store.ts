/** Which images of which tasks are archived, queued, or given up. The files themselves belong to the archive. */
import type { ImageChange } from '../../contract/changes.ts';
import type { ImageStore } from '../../contract/images.ts';
import type { UnusedImageStore } from '../../contract/unused-images.ts';
import type { Postgres } from '../database.ts';
import { createImageArchiving } from './archiving.ts';
import { createImageClaims } from './claims.ts';
import { createImageReads } from './reads.ts';
import { createUnusedImages } from './unused.ts';

export interface ImageStoreDeps {
  /** Called after each change of an image. */
  readonly onChange: (change: ImageChange) => void;
}

export function createImageStore(db: Postgres, { onChange }: ImageStoreDeps): ImageStore & UnusedImageStore {
  return {
    ...createImageClaims(db),
    ...createImageArchiving(db, onChange),
    ...createImageReads(db),
    ...createUnusedImages(db),
  };
}
