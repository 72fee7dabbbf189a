/** Opens archived images whose bytes are those of their name: each is read once, and again when it has changed. */
import type { Stats } from 'node:fs';
import type { ImageFiles, NamedImage } from './files.ts';
import { type OpenFile, openFile } from './open-file.ts';

export interface IntactFiles {
  /** @returns undefined if the file is missing, damaged, or not a file; the caller closes it @throws the system's error */
  open(image: NamedImage): Promise<OpenFile | undefined>;
}

export function createIntactFiles(files: ImageFiles): IntactFiles {
  /** Versions of the files that this process has read, by hash. */
  const verified = new Map<string, string>();

  return {
    open: async (image) => {
      const file = await openFile(files.getPath(image));
      if (!file) return undefined;
      try {
        const version = describeVersion(file.stats);
        if (verified.get(image.sha256) === version) return file;
        if ((await files.hash(file)) === image.sha256) {
          verified.set(image.sha256, version);
          return file;
        }
        verified.delete(image.sha256);
      } catch (error) {
        await file.handle.close();
        throw error;
      }
      await file.handle.close();
      return undefined;
    },
  };
}

/** Differs when a file has been replaced or written to. */
function describeVersion({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
}
