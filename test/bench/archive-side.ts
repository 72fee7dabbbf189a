/** One side of `bench:images`, in a process of its own. Usage: archive-side.ts bare|mirror FOLDER PORT COUNT; prints seconds */
import { assemble } from '../../src/app/start-mirror.ts';
import { createDecoder } from '../../src/archive/decoding/decoder.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { parseDocument } from '../../src/task/document.ts';
import { archiveBare } from './bare-archive.ts';

const BUILT_DECODER = new URL('../../dist/app/decode-process.js', import.meta.url);

const [side, folder = '', port, count] = process.argv.slice(2);
const host = `127.0.0.1:${port}`;
const links = Array.from({ length: Number(count) }, (_, at) => `http://${host}/${at}.png`);
const config = parseConfig({
  flags: { dataDir: folder, upstreamToken: 'bench' },
  env: { FLUX_MIRROR_IMAGE_ALLOW_HOSTS: host },
});
console.log(
  side === 'bare' ? await archiveBare(folder, links, config.imageConcurrency) : await archiveByMirror(),
);

/** As the images of one task each, with the start of the decoding processes. @returns seconds */
async function archiveByMirror(): Promise<number> {
  const store = await openStore({ dataDir: folder, clock: systemClock, mode: 'owner' });
  const now = systemClock.now();
  const documents = links.map((image_url, at) =>
    parseDocument(
      JSON.stringify({
        id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
        created_at: Math.floor(now / 1000) - at,
        request: { prompt: 'a picture' },
        response: { success: true, data: [{ image_url }] },
      }),
      now,
    ),
  );
  await store.storeDocuments({ documents, requestSeq: await store.nextRequestSeq(), fetchedAtMs: now });
  const decoder = createDecoder(BUILT_DECODER);
  const log = createLog({ level: 'warn', format: 'json' });
  const mirror = assemble(config, { clock: systemClock, log, decoder }, store);
  const started = performance.now();
  const { archived } = await mirror.archiver.run();
  const seconds = (performance.now() - started) / 1000;
  mirror.end();
  await store.close();
  if (archived !== links.length) throw new Error(`only ${archived} images were archived`);
  return seconds;
}
