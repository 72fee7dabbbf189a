/** Looks at a data directory as the next start of its server would. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolderImages } from '../../src/archive/folder-images.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { listIntegrityProblems } from '../../src/store/sqlite/integrity/damage.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { type Acknowledged, checkMirror, type Findings, NOTHING_FOUND } from './checks.ts';
import { sha256 } from './ledger.ts';

/** As `checkMirror`. */
export async function checkDataDir(
  dataDir: string,
  acknowledged: Acknowledged,
  isFull: boolean,
): Promise<Findings> {
  // Opening as owner checks the structure and every document's hash.
  let store: Store;
  try {
    store = await openStore({ dataDir, clock: systemClock, mode: 'owner' });
  } catch (error) {
    return { ...NOTHING_FOUND, corrupt: [String(error)] };
  }
  try {
    const mirror = {
      store,
      images: createFolderImages(dataDir),
      listTornImages: () => listTornFiles(join(dataDir, 'images')),
      listDamage: () => listIntegrityProblems(dataDir, 5),
    };
    return await checkMirror(mirror, acknowledged, isFull);
  } finally {
    await store.close();
  }
}

function listTornFiles(folder: string): string[] {
  const places = existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]{2}$/.test(name)) : [];
  return places.flatMap((place) =>
    readdirSync(join(folder, place))
      .filter((name) => sha256(readFileSync(join(folder, place, name))) !== name.split('.')[0])
      .map((name) => `torn: ${name}`),
  );
}
