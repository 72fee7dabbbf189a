/**
 * The files of thumbnails: `thumbs/ab/abcd…-320.webp`. They can be made again, so they are not synced to disk: an empty file,
 * which a power cut leaves, counts as absent.
 */
import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArchivedImage } from '../store/contract/images.ts';
import type { ThumbnailTarget } from './decoding/render-thumbnails.ts';
import {
  createFolder,
  explainRenameFailure,
  isNoFile,
  type OpenFile,
  openFile,
  statFile,
} from './open-file.ts';

/** For the wall at one and at two device pixels, and for a full screen. Pixels. */
export const THUMBNAIL_WIDTHS = [320, 640, 960] as const;
/** Those that are made when an image is archived; the others on first request. */
export const ARCHIVED_THUMBNAIL_WIDTHS = [320, 640] as const;

type HashedImage = Pick<ArchivedImage, 'sha256'>;

/** Thumbnails that are not under their final names yet. Whoever begins one discards it. */
export interface ThumbnailDraft {
  /** To be written by the decoder. */
  readonly targets: readonly ThumbnailTarget[];
  /** Gives them their final names. @throws ImageFailure if something else is in their place; the system's error */
  store(image: HashedImage): Promise<void>;
  /** Deletes what was not stored. */
  discard(): Promise<void>;
}

export interface ThumbnailFiles {
  getPath(image: HashedImage, width: number): string;
  /** @returns undefined if it has to be made; the caller closes it @throws the system's error */
  open(image: HashedImage, width: number): Promise<OpenFile | undefined>;
  /** The widths made when archiving that an image lacks. @throws the system's error */
  listMissing(image: HashedImage): Promise<number[]>;
  /** @throws ImageFailure if something else is in the place of a folder; the system's error */
  begin(widths: readonly number[]): Promise<ThumbnailDraft>;
  /** The paths of all that an image may have. */
  listPaths(image: HashedImage): string[];
  /** Deletes what a crash left unfinished. */
  sweep(): Promise<void>;
  /** Whether every archived image has been looked at since the last one was archived without thumbnails. @throws the system's error */
  isComplete(): Promise<boolean>;
  /** @throws ImageFailure if something else is in the place of the folder; the system's error */
  setComplete(isComplete: boolean): Promise<void>;
}

export function createThumbnailFiles(dataDir: string): ThumbnailFiles {
  const folder = join(dataDir, 'thumbs');
  const partial = join(folder, 'partial');
  /** Beside the thumbnails, and not in the database, so that it is gone when they are. */
  const marker = join(folder, 'complete');
  const getPath = ({ sha256 }: HashedImage, width: number) =>
    join(folder, sha256.slice(0, 2), `${sha256}-${width}.webp`);

  return {
    getPath,
    open: async (image, width) => {
      const file = await openFile(getPath(image, width));
      if (file?.stats.size !== 0) return file;
      await file.handle.close();
      return undefined;
    },
    listMissing: async (image) => {
      const missing: number[] = [];
      for (const width of ARCHIVED_THUMBNAIL_WIDTHS)
        if (!(await hasBytes(getPath(image, width)))) missing.push(width);
      return missing;
    },
    begin: async (widths) => {
      await createFolder(partial);
      const targets = widths.map((width) => ({ path: join(partial, randomUUID()), width }));
      const unstored = new Set(targets);
      return {
        targets,
        store: async (image) => {
          await createFolder(dirname(getPath(image, 0)));
          for (const target of targets) {
            await rename(target.path, getPath(image, target.width)).catch(explainRenameFailure);
            unstored.delete(target);
          }
        },
        discard: async () => {
          for (const { path } of unstored) await rm(path, { force: true });
        },
      };
    },
    listPaths: (image) => THUMBNAIL_WIDTHS.map((width) => getPath(image, width)),
    sweep: () => rm(partial, { recursive: true, force: true }),
    isComplete: async () => (await statFile(marker)) !== undefined,
    setComplete: async (isComplete) => {
      if (isComplete) {
        await createFolder(folder);
        await writeFile(marker, '', { mode: 0o600 });
      } else await rm(marker, { force: true }).catch(rethrowUnlessNoFile);
    },
  };
}

/** Something else may be in the place of the folder. */
function rethrowUnlessNoFile(error: unknown): void {
  if (!isNoFile(error)) throw error;
}

async function hasBytes(path: string): Promise<boolean> {
  const stats = await statFile(path);
  return stats !== undefined && stats.size > 0;
}
