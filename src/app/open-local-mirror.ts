/** The mirror of a data directory, for reading only, also beside a running server. */
import { createDecoder } from '../archive/decoding/decoder.ts';
import { createIntactImages } from '../archive/intact-images.ts';
import { createThumbnails } from '../archive/thumbnails.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { MirrorAccess } from '../mcp/mirror-access.ts';
import { createMirrorAccess } from '../server/mirror-access.ts';
import { startSearchThread } from '../server/search/search-thread.ts';
import { openImageFiles } from './open-image-files.ts';
import { openMirrorStore } from './open-store.ts';
import { DECODE_PROCESS, SEARCH_WORKER } from './workers.ts';

/** @throws NoMirror, DamagedDatabase, or the system's error */
export async function openLocalMirror(
  config: Config,
  { clock, log }: { clock: Clock; log: Log },
): Promise<{ mirror: MirrorAccess; close(): Promise<void> }> {
  const store = await openMirrorStore(config, { clock, mode: 'reader' });
  const searching = startSearchThread(SEARCH_WORKER, config, store.noteError, {
    timeoutMs: config.searchTimeoutMs,
  });
  const files = await openImageFiles(config);
  const decoder = createDecoder(DECODE_PROCESS);
  const archive = {
    files,
    intactImages: createIntactImages(files),
    thumbnails: createThumbnails({ files, decoder, clock, log }),
  };
  const mirror = createMirrorAccess(
    { store, searching, archive, clock, log },
    { limits: undefined },
    undefined,
  );
  return {
    mirror,
    close: async () => {
      decoder.close();
      files.close();
      await searching.close();
      await store.close();
    },
  };
}
