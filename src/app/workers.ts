/** Entry files of the worker threads and processes. They compose what runs there, as start-mirror.ts does for the main thread. */
import { PACKAGE_ROOT } from '../lib/package-root.ts';

export const SEARCH_WORKER = findEntry('search-worker');
export const BACKUP_WORKER = findEntry('backup-worker');
export const DECODE_PROCESS = findEntry('decode-process');

/** Workers are built as separate files (scripts/build.ts), while this file may end up in any bundle. */
function findEntry(name: string): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? `src/app/${name}.ts` : `dist/app/${name}.js`, PACKAGE_ROOT);
}
