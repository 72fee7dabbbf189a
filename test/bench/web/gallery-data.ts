/**
 * Data directories for the benchmarks of pages: tasks whose archived pictures can be seen. There are 600 pictures of many ratios,
 * which all tasks share: a million files would take longer to write than everything that is measured.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from '../../../src/app/start-mirror.ts';
import { createDecoder } from '../../../src/archive/decoding/decoder.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/lib/log.ts';
import { createSeededRandom, generateId } from '../../../src/simulator/random.ts';
import { drawScene } from '../../../src/simulator/scenes/draw-scene.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { parseDocument } from '../../../src/task/document.ts';
import { type BenchDocument, generateDocuments } from '../dataset.ts';
import { freePort, startScript, stopProcess } from '../processes.ts';
import { storeDocuments } from '../store-documents.ts';

/** Days with the tasks that the pictures are archived for, among all others. */
export const PICTURE_DAYS = Array.from({ length: 10 }, (_, day) => `2024-08-${day + 10}`);
/** Their model. */
export const PICTURE_MODEL = 'flux-picture';
/** Pictures of each of these days. */
export const SCREEN = 60;
const SIZES = [
  [512, 512],
  [512, 288],
  [288, 512],
  [512, 384],
  [384, 512],
  [640, 274],
] as const;
const BATCH = 5000;
const BUILT_DECODER = new URL('../../../dist/app/decode-process.js', import.meta.url);

/**
 * @param count of tasks besides those that the pictures are archived for
 * @param picturesADay of each of the days with pictures
 */
export async function fillGallery(dataDir: string, count: number, picturesADay = SCREEN): Promise<void> {
  await archivePictures(dataDir, picturesADay);
  let batch: BenchDocument[] = [];
  for (const document of generateDocuments(count)) {
    batch.push(document);
    if (batch.length < BATCH) continue;
    await storeDocuments(dataDir, batch);
    batch = [];
  }
  await storeDocuments(dataDir, batch);
  sharePictures(dataDir);
}

/** Archives them as the mirror does, with their thumbnails. */
async function archivePictures(dataDir: string, picturesADay: number): Promise<void> {
  const folder = join(dataDir, 'host');
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const documents: BenchDocument[] = [];
  const random = createSeededRandom(18);
  for (const [day, name] of PICTURE_DAYS.entries()) {
    for (let n = 0; n < picturesADay; n += 1) {
      const [width, height] = SIZES[n % SIZES.length] ?? [512, 512];
      const prompt = `picture ${day} ${n}`;
      const file = `${day}-${n}.png`;
      writeFileSync(
        join(folder, file),
        await drawScene({ subject: prompt, prompt, name: file, width, height }),
      );
      const id = generateId(random);
      const response = { success: true, data: [{ prompt, image_url: `http://127.0.0.1:${port}/${file}` }] };
      const created_at = Date.parse(`${name}T06:00:00Z`) / 1000 + n * 60;
      const request = { action: 'generate', model: PICTURE_MODEL, size: `${width}x${height}`, prompt };
      documents.push({ id, text: JSON.stringify({ id, created_at, request, response }) });
    }
  }
  const host = await startScript(
    new URL('../servers/images.ts', import.meta.url).pathname,
    [String(port), folder],
    port,
  );
  try {
    await runArchiver(dataDir, documents, `127.0.0.1:${port}`);
  } finally {
    await stopProcess(host);
    rmSync(folder, { recursive: true });
  }
}

async function runArchiver(
  dataDir: string,
  documents: readonly BenchDocument[],
  host: string,
): Promise<void> {
  const config = parseConfig({
    flags: { dataDir, upstreamToken: 'bench' },
    env: { FLUX_MIRROR_IMAGE_ALLOW_HOSTS: host },
  });
  const store = await openStore({ dataDir, clock: systemClock, mode: 'owner' });
  const now = systemClock.now();
  await store.storeDocuments({
    documents: documents.map(({ text }) => parseDocument(text, now)),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: now,
  });
  const log = createLog({ level: 'warn', format: 'json' });
  const mirror = assemble(config, { clock: systemClock, log, decoder: createDecoder(BUILT_DECODER) }, store);
  const { archived } = await mirror.archiver.run();
  mirror.end();
  await store.close();
  if (archived !== documents.length) throw new Error(`only ${archived} pictures were archived`);
}

/** Gives every other task one of the archived pictures. */
function sharePictures(dataDir: string): void {
  const db = new Database(join(dataDir, 'mirror.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('cache_size = -262144');
  db.exec(`
    CREATE TEMP TABLE pictures AS
      SELECT row_number() OVER (ORDER BY position) - 1 AS at, sha256, ratio FROM task_images WHERE sha256 IS NOT NULL;
    CREATE UNIQUE INDEX temp.pictures_at ON pictures (at);
    UPDATE task_images SET sha256 = pictures.sha256, ratio = pictures.ratio, due_at = NULL
      FROM pictures
      WHERE task_images.sha256 IS NULL AND pictures.at = task_images.position * 40503 % 65537 % (SELECT count(*) FROM pictures);
  `);
  db.close();
}
