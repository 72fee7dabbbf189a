/** Temporary folders in the file system of their final result, so that it can be renamed out of them. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = '.flux-mirror-';

/** Creates a folder that only its owner may read. The caller removes it; a start of the server removes what a kill left. */
export async function createTemporaryFolder(parent: string): Promise<string> {
  return mkdtemp(join(parent, PREFIX));
}

export function isTemporaryFolder(name: string): boolean {
  return name.startsWith(PREFIX);
}
