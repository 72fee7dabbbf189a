/** Images for tests, and tasks that have them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createImageFiles } from '../../src/archive/files.ts';
import { removeUnusedImages, UNUSED_FOR_MS } from '../../src/archive/remove-unused.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { parseDocument } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import { type DocumentOptions, documentText } from './documents.ts';
import type { TestMirror } from './test-mirror.ts';

export type Format = 'png' | 'jpeg' | 'webp' | 'gif' | 'avif';

/** A picture with something in it. @param shade so that two differ */
export function picture(format: Format, { width = 400, height = 200, shade = 0 } = {}): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * 31 + (at >> 7) + shade) % 256;
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

/** Stores a succeeded task with these image links. */
export async function storeTaskWithImages(
  { store, clock }: TestMirror,
  id: TaskId,
  urls: readonly string[],
  options: DocumentOptions = {},
): Promise<void> {
  const { prompt = 'a picture', more } = options;
  const data = urls.map((image_url) => ({ prompt, image_url }));
  const text = documentText({ ...options, id, prompt, more: { ...more, response: { success: true, data } } });
  await store.storeDocuments({
    documents: [parseDocument(text, clock.now())],
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

/** Removes what no task has any more, as if the time that it is kept had passed. @param nowMs a later one, for what commands did */
export async function removeUnused(
  { store, clock, config }: TestMirror,
  nowMs = clock.now(),
): Promise<number> {
  const later = { ...systemClock, now: () => nowMs + UNUSED_FOR_MS };
  return removeUnusedImages({ store, files: createImageFiles(config.dataDir), clock: later });
}

/** Every file below a folder of the data directory, by its path in it. */
export function filesIn(dataDir: string, folder: string): string[] {
  try {
    return readdirSync(join(dataDir, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + folder.length + 2));
  } catch {
    return []; // nothing was ever written there
  }
}
