/** Checks before the database is opened, and the lock held while it is open. Nothing is written to the database here. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../lib/clock.ts';
import { NoMirror } from '../../contract/errors.ts';
import { acquireLock, type Lock } from '../lock.ts';
import { assertSwapped, finishSwap } from '../recovery/swap.ts';
import { acquireWriterLock } from '../writers-lock.ts';
import { assertNotLost, assertUndamaged } from './damage.ts';
import { sweepLeftovers } from './sweep.ts';

interface CheckOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly mode: 'owner' | 'writer' | 'reader';
}

/**
 * @returns the lock to hold until the database is closed; none for readers
 * @throws DirectoryInUse, NoMirror, RestoreInterrupted, DamagedDatabase
 */
export function checkBeforeOpening({ dataDir, clock, mode }: CheckOptions): Lock | undefined {
  const file = join(dataDir, 'mirror.db');
  if (mode === 'reader') {
    assertReadable(file, dataDir);
    return undefined;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = mode === 'owner' ? acquireLock(dataDir, clock.now()) : acquireWriterLock(dataDir);
  try {
    if (mode === 'owner') {
      finishSwap(dataDir);
      sweepLeftovers(dataDir, clock.now());
      assertUndamaged(file, dataDir);
    } else {
      assertSwapped(dataDir);
      assertNotLost(file, dataDir);
    }
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function assertReadable(file: string, dataDir: string): void {
  assertSwapped(dataDir);
  if (exists(file)) return;
  assertNotLost(file, dataDir);
  throw new NoMirror(
    `there is no mirror in ${dataDir} yet (FLUX_MIRROR_DATA_DIR, --data-dir): start \`flux-mirror serve\`, or \`track\` or \`import\` something`,
  );
}

/** @throws the system error when permission is denied */
function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}
