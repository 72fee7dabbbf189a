/** Temporary folders in the file system of their final result, so that it can be renamed out of them. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = '.flux-mirror-';
const DEFAULT_LABEL = 'tmp';
/** Whoever uses a folder writes to it continuously. */
const ABANDONED_AFTER_MS = 3_600_000;

/**
 * Creates a folder with a unique name that only its owner may read. The caller removes it; what a kill leaves is removed by
 * the next call for the same parent, or by a start of the server.
 * @param label part of its name
 */
export async function createTemporaryFolder(parent: string, label = DEFAULT_LABEL): Promise<string> {
  return mkdtemp(join(parent, `${PREFIX}${label}-`));
}

/** Runs `work` with a temporary folder, and removes it whatever happens. */
export async function withTemporaryFolder<T>(
  parent: string,
  work: (folder: string) => Promise<T>,
  label?: string,
): Promise<T> {
  const folder = await createTemporaryFolder(parent, label);
  try {
    // Somebody's own folder may begin with the prefix as well.
    sweepTemporaryFolders(parent, Date.now(), (name) =>
      /^tmp-\w{6}$/.test(name) ? 'if abandoned' : 'never',
    );
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Removes temporary folders: where they may be in use by a running command, only if nothing was written for a while.
 * @param choose when to remove one, by its name without the prefix
 */
export function sweepTemporaryFolders(
  parent: string,
  nowMs: number,
  choose: (name: string) => 'never' | 'if abandoned' | 'always',
): void {
  for (const name of listNames(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(parent, name);
    const choice = choose(name.slice(PREFIX.length));
    const isAbandoned = () => nowMs - findLastWriteMs(folder, nowMs) > ABANDONED_AFTER_MS;
    if (choice === 'always' || (choice === 'if abandoned' && isAbandoned()))
      rmSync(folder, { recursive: true, force: true });
  }
}

/** Times in the future say nothing. Now, if there is no other. */
function findLastWriteMs(folder: string, nowMs: number): number {
  const times = [folder, ...listNames(folder).map((name) => join(folder, name))]
    .map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs)
    .filter((atMs) => atMs <= nowMs);
  return times.length === 0 ? nowMs : Math.max(...times);
}

/** Nothing, if the folder is missing or may not be read. */
function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // sweeping is not worth failing for
  }
}
