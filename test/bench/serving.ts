/** How fast cached documents are served, against other ways to do it; every side in every round. */

import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchDocument } from './dataset.ts';
import { freePort, isInstalled, startCommand, startScript, stopProcess, wrk } from './processes.ts';
import { nginxArguments } from './servers/nginx.ts';
import { median, type Row } from './table.ts';

const ROUNDS = 5;
const SECONDS = 4;
const BATCH = 50;

interface Side {
  readonly name: string;
  readonly port: number;
  readonly batch: number;
  readonly rates: number[];
}

export async function benchServing(
  documents: readonly BenchDocument[],
  dataDir: string,
  directory: string,
): Promise<Row[]> {
  const idsFile = join(directory, 'ids.txt');
  const bodyFile = join(directory, 'body.json');
  writeFileSync(idsFile, documents.map(({ id }) => id).join('\n'));
  writeFileSync(bodyFile, documents[0]?.text ?? '');

  const children: ChildProcess[] = [];
  const sides: Side[] = [];
  const add = (name: string, port: number, batch = 1) => sides.push({ name, port, batch, rates: [] });
  const script = (name: string) => new URL(`./servers/${name}.ts`, import.meta.url).pathname;
  try {
    const [bare, naive, mirror] = [await freePort(), await freePort(), await freePort()];
    children.push(await startScript(script('bare'), [String(bare), bodyFile], bare));
    children.push(await startScript(script('naive'), [String(naive), dataDir], naive));
    const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
    const settings = [
      '--port',
      String(mirror),
      '--data-dir',
      dataDir,
      '--upstream',
      'http://127.0.0.1:9',
      '--sync-cron',
      'off',
      '--archive-images', // of made-up links: it would try 100,000 of them
      'false',
    ];
    children.push(await startScript(main, ['serve', ...settings], mirror));
    add('bare node:http, fixed body', bare);
    add('naive: drizzle a request, parse, c.json', naive);
    add('flux-mirror, retrieve', mirror);
    add('flux-mirror, batch of 50', mirror, BATCH);
    if (isInstalled('nginx')) {
      const [nginx, origin] = [await freePort(), await freePort()];
      children.push(await startScript(script('origin'), [String(origin), String(documents.length)], origin));
      mkdirSync(join(directory, 'nginx'));
      children.push(
        await startCommand('nginx', nginxArguments(join(directory, 'nginx'), nginx, origin), nginx),
      );
      await warm(nginx, documents);
      add('nginx, proxy_cache of POST', nginx);
    }
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const side of sides) {
        const { port, batch } = side;
        const rate = wrk({ port, idsFile, batch, seconds: round === 0 ? 1 : SECONDS, seed: round + 1 });
        if (round > 0) side.rates.push(rate); // round 0 warms up
      }
    }
  } finally {
    for (const child of children.reverse()) await stopProcess(child);
  }
  return rows(sides);
}

/** Fills nginx's cache with every id. */
async function warm(port: number, documents: readonly BenchDocument[]): Promise<void> {
  for (let at = 0; at < documents.length; at += 64) {
    await Promise.all(
      documents.slice(at, at + 64).map(async ({ id }) => {
        const body = JSON.stringify({ action: 'retrieve', id });
        const headers = { 'content-type': 'application/json' };
        await (
          await fetch(`http://127.0.0.1:${port}/flux/tasks`, { method: 'POST', headers, body })
        ).arrayBuffer();
      }),
    );
  }
}

function rows(sides: readonly Side[]): Row[] {
  const rateOf = (name: string) => median(sides.find((side) => side.name.startsWith(name))?.rates ?? []);
  const mirror = rateOf('flux-mirror, retrieve');
  const batch = rateOf('flux-mirror, batch') * BATCH;
  const nginx = rateOf('nginx');
  return [
    ...sides.map(
      ({ name, rates, batch: size }): Row => ({
        what: name,
        value: `${Math.round(median(rates) * size).toLocaleString('en')} documents/s`,
      }),
    ),
    {
      what: 'retrieve / bare node:http',
      value: (mirror / rateOf('bare')).toFixed(2),
      wanted: 'aim 0.55, at least 0.45',
    },
    { what: 'retrieve / naive', value: (mirror / rateOf('naive')).toFixed(2), wanted: 'at least 2.4' },
    {
      what: 'retrieve / nginx proxy_cache',
      value: nginx > 0 ? (mirror / nginx).toFixed(2) : 'nginx is not installed',
      wanted: 'aim 0.95, at least 0.60',
    },
    {
      what: 'batch of 50 / retrieve, documents',
      value: (batch / mirror).toFixed(2),
      wanted: 'aim 5.5, at least 4.5',
    },
  ];
}
