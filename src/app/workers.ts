/** Where the threads begin. Their files compose what runs on them, as start-mirror.ts does for the main thread. */
import { PACKAGE_ROOT } from '../lib/package-root.ts';

export const SEARCH_WORKER = findEntry('search-worker');
export const BACKUP_WORKER = findEntry('backup-worker');

/** Built by itself (scripts/build.ts), while this file may be part of any bundle. */
function findEntry(name: string): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? `src/app/${name}.ts` : `dist/app/${name}.js`, PACKAGE_ROOT);
}
