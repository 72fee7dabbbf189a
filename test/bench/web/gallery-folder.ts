/** Where the data of the benchmarks of pages is: in BENCH_DATA, where it is kept for the next run, or in a temporary folder. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillGallery } from './gallery-data.ts';

export interface GalleryFolder {
  /** Makes so many tasks, unless they are there. @returns their data directory */
  prepare(count: number): Promise<string>;
  close(): void;
}

export function openGalleryData(): GalleryFolder {
  const kept = process.env.BENCH_DATA;
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'flux-mirror-bench-'));
  return {
    prepare: async (count) => {
      const dataDir = join(folder, String(count));
      if (existsSync(dataDir)) return dataDir;
      console.error(`making ${count.toLocaleString('en')} tasks`);
      const unfinished = `${dataDir}.unfinished`;
      rmSync(unfinished, { recursive: true, force: true });
      mkdirSync(unfinished, { recursive: true });
      await fillGallery(unfinished, count);
      renameSync(unfinished, dataDir);
      return dataDir;
    },
    close: () => {
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
