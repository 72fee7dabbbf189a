/** What the server logs while it archives many images. */
import { expect, test } from 'vitest';
import { createProgressLog } from '../../src/archive/progress-log.ts';
import { numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { openTestStore, startTestMirror } from '../helpers/test-mirror.ts';

/** A run over `images` images that take `ms` each. @returns what was logged */
async function logRun(images: number, ms: number): Promise<[object, string][]> {
  const lines: [object, string][] = [];
  const log = { info: (about: object, message: string) => lines.push([{ ...about }, message]) };
  const clock = new ManualClock();
  const progress = createProgressLog({ store: await openTestStore(), clock, log: log as never });
  const counts = { archived: 0, failed: 0 };
  for (let n = 0; n < images; n += 1) {
    clock.advance(ms);
    counts.archived += 1;
    progress.update(counts);
  }
  await progress.end(counts);
  return lines;
}

test('a short run logs nothing, however many images it has', async () => {
  expect(await logRun(2000, 10)).toEqual([]);
});

test('a long run logs one line in 30 seconds, and its end', async () => {
  const lines = await logRun(600, 200);
  expect(lines).toEqual([
    ...[150, 300, 450, 600].map((archived) => [{ archived, failed: 0, left: 0 }, 'archiving images']),
    [{ archived: 600, failed: 0 }, 'the images that were due have been tried'],
  ]);
});

test('the server logs progress while it archives for long', async () => {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host, archiveImages: 'true' });
  const bytes = await picture('png');
  for (const path of ['/1', '/2'])
    host.serve(path, (response) => {
      here.clock.advance(31_000);
      response.end(bytes);
    });
  const [id] = numberedIds(1);
  await storeTaskWithImages(here, id, [`${host.url}/1`, `${host.url}/2`]);
  await expect
    .poll(() => here.log(), { timeout: 20_000 })
    .toContain('the images that were due have been tried');
  expect(here.log()).toMatch(/"archived":\d,"failed":0,"left":\d,"msg":"archiving images"/);
});
