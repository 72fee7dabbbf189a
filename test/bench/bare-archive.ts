/** Archives images by bare calls: the same work without a store, retries, limits, or a process that may crash. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import sharp from 'sharp';

const WIDTHS = [640, 320];
/** As the archiver has it. */
const WEBP = { quality: 80, effort: 2 };

/** @returns seconds */
export async function archiveBare(
  folder: string,
  links: readonly string[],
  concurrency: number,
): Promise<number> {
  mkdirSync(folder);
  const queue = new PQueue({ concurrency });
  const started = performance.now();
  await queue.addAll(links.map((link, at) => () => archiveOne(folder, link, String(at))));
  return (performance.now() - started) / 1000;
}

async function archiveOne(folder: string, link: string, name: string): Promise<void> {
  const bytes = Buffer.from(await (await fetch(link)).arrayBuffer());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const partial = join(folder, `${name}.partial`);
  const file = await open(partial, 'wx', 0o600);
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  await rename(partial, join(folder, `${sha256}.png`));
  const { data, info } = await sharp(bytes)
    .resize({ width: WIDTHS[0] })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  for (const to of WIDTHS) {
    const thumbnail = sharp(data, { raw: { width, height, channels } }).resize({ width: to }).webp(WEBP);
    await writeFile(join(folder, `${sha256}-${to}.webp`), await thumbnail.toBuffer());
  }
}
