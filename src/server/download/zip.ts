/** Produces a zip from its plan. Nothing is compressed: images are already, and so the size is known in advance. */
import { createHash } from 'node:crypto';
import { makeZip, predictLength } from 'client-zip';
import type { ImageStorage } from '../../archive/image-storage.ts';
import type { Store } from '../../store/contract/store.ts';
import type { PlannedEntry, PlannedImage } from './zip-plan.ts';

export interface ZipDeps {
  readonly store: Pick<Store, 'get' | 'recordMissingImages'>;
  readonly files: Pick<ImageStorage, 'open'>;
  readonly nowMs: number;
  /** Aborted when nobody wants the zip any more: closes its open file. */
  readonly signal: AbortSignal;
}

const READ_BYTES = 256 * 1024;

/** The exact size of the zip. */
export function computeZipBytes(entries: readonly PlannedEntry[]): bigint {
  return predictLength(entries.map(({ name, size }) => ({ name, size })));
}

/**
 * The bytes of the zip, produced as they are read.
 * @throws an error when something is no longer as it was planned: the zip must not be taken for complete
 */
export async function* generateZip(
  entries: readonly PlannedEntry[],
  deps: ZipDeps,
): AsyncGenerator<Uint8Array, void> {
  const ending = new AbortController();
  const signal = AbortSignal.any([deps.signal, ending.signal]);
  const generateFiles = async function* () {
    for (const entry of entries) {
      signal.throwIfAborted();
      const { name, lastModified } = entry;
      const input =
        entry.kind === 'image' ? readImage(entry, { ...deps, signal }) : await readText(entry, deps);
      yield { name, lastModified, input };
    }
  };
  try {
    yield* makeZip(generateFiles());
  } finally {
    // client-zip does not end its inputs when the zip is not read to its end.
    ending.abort();
  }
}

async function readText(
  entry: Exclude<PlannedEntry, PlannedImage>,
  { store }: Pick<ZipDeps, 'store'>,
): Promise<string> {
  if (entry.kind === 'text') return entry.text;
  const task = await store.get(entry.id);
  if (!task || Buffer.byteLength(task.text) !== entry.size)
    throw new Error('a task has changed while it was downloaded');
  return task.text;
}

async function* readImage(
  { image }: PlannedImage,
  { store, files, nowMs, signal }: ZipDeps,
): AsyncGenerator<Uint8Array, void> {
  const { sha256 } = image;
  const content = await files.open(image);
  if (!content) throw new Error('an archived image has disappeared');
  const hash = createHash('sha256');
  for await (const chunk of content.stream({ signal, highWaterMark: READ_BYTES })) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
  if (hash.digest('hex') === sha256) return;
  await store.recordMissingImages([sha256], nowMs);
  throw new Error(`the archived image ${sha256} is damaged`);
}
