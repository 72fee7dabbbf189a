/**
 * `npm run bench:images`: archiving images with their thumbnails, against bare calls that do the same in the same run, and the
 * first sight of archived thumbnails against the second.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import PQueue from 'p-queue';
import sharp from 'sharp';
import { systemClock } from '../../src/lib/clock.ts';
import { createSeededRandom } from '../../src/simulator/random.ts';
import { drawScene } from '../../src/simulator/scenes/draw-scene.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { freePort, startCommand, startScript, stopProcess } from './processes.ts';
import { median, printTable, type Row } from './table.ts';

const ROUNDS = 5;
const IMAGES = 300;
/** Different pictures among them; the others differ in a comment only, and take as long to decode. */
const PICTURES = 12;
const SIDE = 1024;
const GRAIN = 12;
const SCREEN = 60;
/** Connections of a browser to one host. */
const CONNECTIONS = 6;
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const directory = mkdtempSync(join(tmpdir(), 'flux-mirror-bench-'));
try {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`,
  );
  const bytes = await writeImages(join(directory, 'host'));
  console.log(`${IMAGES} PNGs of ${SIDE}², ${Math.round(bytes / IMAGES / 1024)} KiB on average`);
  printTable('Archiving images', await benchArchiving());
  printTable('Seeing archived thumbnails', await benchSeeing());
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function benchArchiving(): Promise<Row[]> {
  const port = await freePort();
  const host = await startScript(
    new URL('./servers/images.ts', import.meta.url).pathname,
    [String(port), join(directory, 'host')],
    port,
  );
  const bare: number[] = [];
  const mine: number[] = [];
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [folder, dataDir] = [join(directory, 'bare'), join(directory, 'data')];
      for (const old of [folder, dataDir]) rmSync(old, { recursive: true, force: true });
      const bareSeconds = await runSide('bare', folder, port);
      const seconds = await runSide('mirror', dataDir, port);
      if (round === 0) continue; // warms up
      bare.push(bareSeconds);
      mine.push(seconds);
    }
  } finally {
    await stopProcess(host);
  }
  const rate = (seconds: readonly number[]) => `${(IMAGES / median(seconds)).toFixed(1)} images/s`;
  return [
    { what: 'bare calls', value: rate(bare) },
    { what: 'archiver', value: rate(mine) },
    {
      what: 'archiver / bare',
      value: median(bare.map((seconds, round) => seconds / (mine[round] ?? 1))).toFixed(2),
      wanted: 'at least 0.85',
    },
  ];
}

/** Each side runs in a process of its own: what one leaves in memory slows the other. @returns seconds */
async function runSide(side: 'bare' | 'mirror', folder: string, port: number): Promise<number> {
  const script = fileURLToPath(new URL('./archive-side.ts', import.meta.url));
  const args = ['--import', 'tsx', script, side, folder, String(port), String(IMAGES)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

/** Of the archive that the last round left, in a server that has just started. */
async function benchSeeing(): Promise<Row[]> {
  const dataDir = join(directory, 'data');
  const store = await openStore({ dataDir, clock: systemClock, mode: 'reader' });
  const { images } = await store.newestImages();
  await store.close();
  const port = await freePort();
  const settings = ['--offline', '--data-dir', dataDir, '--port', String(port), '--log-level', 'silent'];
  const server = await startCommand(process.execPath, [MAIN, 'serve', ...settings], port);
  const load = async (screen: readonly { readonly sha256: string }[]): Promise<number[]> => {
    const queue = new PQueue({ concurrency: CONNECTIONS });
    return queue.addAll(
      screen.map(({ sha256 }) => async () => {
        const started = performance.now();
        const answer = await fetch(`http://127.0.0.1:${port}/thumbs/${sha256}?w=640`);
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`a thumbnail is ${answer.status}`);
        return performance.now() - started;
      }),
    );
  };
  const [first, second]: [number[], number[]] = [[], []];
  try {
    await (await fetch(`http://127.0.0.1:${port}/healthz`)).arrayBuffer();
    for (let at = 0; at < images.length; at += SCREEN) {
      const screen = images.slice(at, at + SCREEN);
      first.push(...(await load(screen)));
      second.push(...(await load(screen)));
    }
  } finally {
    await stopProcess(server);
  }
  const p95 = (values: readonly number[]) =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;
  return [
    { what: `first sight of ${SCREEN}, p95`, value: `${p95(first).toFixed(1)} ms` },
    { what: 'second sight, p95', value: `${p95(second).toFixed(1)} ms` },
    { what: 'first / second', value: (p95(first) / p95(second)).toFixed(2), wanted: 'at most 2' },
  ];
}

/** Scenes with the grain that generated pictures have, without which a PNG would be a tenth as large. @returns bytes */
async function writeImages(folder: string): Promise<number> {
  mkdirSync(folder);
  let bytes = 0;
  for (let picture = 0; picture < PICTURES; picture += 1) {
    const png = await drawGrainy(`picture ${picture}`);
    for (let at = picture; at < IMAGES; at += PICTURES) {
      const image = addComment(png, String(at));
      writeFileSync(join(folder, `${at}.png`), image);
      bytes += image.length;
    }
  }
  return bytes;
}

async function drawGrainy(prompt: string): Promise<Buffer> {
  const scene = await drawScene({ subject: prompt, prompt, name: prompt, width: SIDE, height: SIDE });
  const { data } = await sharp(scene).raw().toBuffer({ resolveWithObject: true });
  const random = createSeededRandom(crc32(prompt));
  for (let at = 0; at < data.length; at += 1)
    data[at] = Math.max(0, Math.min(255, (data[at] ?? 0) + Math.floor((random() - 0.5) * GRAIN)));
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer();
}

/** Adds a text chunk behind the header of a PNG. */
function addComment(png: Buffer, comment: string): Buffer {
  const HEADER_END = 33;
  const body = Buffer.from(`tEXtComment\0${comment}`, 'latin1');
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body) >>> 0, body.length + 4);
  return Buffer.concat([png.subarray(0, HEADER_END), chunk, png.subarray(HEADER_END)]);
}
