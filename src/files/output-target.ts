/** Finds out what the name of an output file stands for. */
import { lstat, readlink, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { hasErrorCode } from '../lib/errno.ts';

export type OutputTarget =
  /** Open already: it is continued where it is, and never replaced. */
  | { readonly kind: 'standard output' | 'standard error' }
  | { readonly kind: 'descriptor'; readonly path: string }
  /** A pipe or a device. */
  | { readonly kind: 'special'; readonly path: string }
  | { readonly kind: 'folder' }
  /** A regular file, with its mode if it exists. Links are followed, also one to a file that does not exist yet. */
  | { readonly kind: 'file'; readonly path: string; readonly mode: number | undefined };

const DESCRIPTOR = /^\/(?:dev|proc\/(?:self|thread-self|\d+))\/(?:fd\/(\d+)|(stdout|stderr))$/;
/** As in Linux. */
const MAX_LINKS = 40;

export async function resolveOutputTarget(name: string): Promise<OutputTarget> {
  let path = resolve(name);
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const descriptor = parseDescriptor(path);
    if (descriptor) return descriptor;
    const target = await readLink(path);
    if (target === undefined) break;
    path = resolve(dirname(path), target);
  }
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return { kind: 'folder' };
    return stats.isFile() ? { kind: 'file', path, mode: stats.mode } : { kind: 'special', path };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return { kind: 'file', path, mode: undefined };
    throw error;
  }
}

/** A link to a descriptor must not be followed: it leads to the file, which would then be replaced. */
function parseDescriptor(path: string): OutputTarget | undefined {
  const [, number, word] = DESCRIPTOR.exec(path) ?? [];
  const isOwn = !/^\/proc\/\d/.test(path) || path.startsWith(`/proc/${process.pid}/`);
  if (word === 'stdout' || (number === '1' && isOwn)) return { kind: 'standard output' };
  if (word === 'stderr' || (number === '2' && isOwn)) return { kind: 'standard error' };
  return number === undefined ? undefined : { kind: 'descriptor', path };
}

async function readLink(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
