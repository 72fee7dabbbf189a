/** Does a stream of searches hold up those who only retrieve? */
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { Database } from '../../src/store/sqlite/driver.ts';
import { freePort, startScript, stopProcess } from './processes.ts';
import { median, type Row } from './table.ts';

const ROUNDS = 5;
const RETRIEVES = 2000;
const EVERY_MS = 2;
const WARM_UP_MS = 1500;
const STREAM = new URL('./servers/search-stream.ts', import.meta.url).pathname;

export async function benchResponsiveness(dataDir: string): Promise<Row[]> {
  const ids = sampleIds(dataDir);
  const port = await freePort();
  const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
  const child = await startScript(
    main,
    ['serve', '--port', String(port), '--data-dir', dataDir, '--offline', '--sync-cron', 'off'],
    port,
  );
  try {
    const rows: Row[] = [];
    const quiet: number[] = [];
    const kinds = { newest: 'sort=newest', relevance: 'sort=relevance' };
    const beside: Record<string, number[]> = { newest: [], relevance: [] };
    await p99(port, ids); // warms up
    for (let round = 0; round < ROUNDS; round += 1) {
      quiet.push(await p99(port, ids));
      for (const [name, parameters] of Object.entries(kinds)) {
        const stream = spawn(process.execPath, ['--import', 'tsx', STREAM, String(port), parameters], {
          stdio: 'inherit',
        });
        await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
        beside[name]?.push(await p99(port, ids));
        await stopProcess(stream);
      }
    }
    rows.push({ what: 'p99 of a retrieve, quiet', value: `${median(quiet).toFixed(2)} ms` });
    for (const [name, times] of Object.entries(beside)) {
      const p99s = median(times);
      rows.push({ what: `beside searches for a common word, ${name}`, value: `${p99s.toFixed(2)} ms` });
      rows.push({ what: `… / quiet`, value: `${(p99s / median(quiet)).toFixed(1)} ×`, wanted: 'under 3 ×' });
    }
    return rows;
  } finally {
    await stopProcess(child);
  }
}

/** Milliseconds, of retrieves that come one every EVERY_MS, whether the one before was answered or not. */
async function p99(port: number, ids: readonly string[]): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  const pending: Promise<void>[] = [];
  for (let at = 0; at < RETRIEVES; at += 1) {
    const started = performance.now();
    const body = `{"action":"retrieve","id":"${ids[(at * 7919) % ids.length]}"}`;
    pending.push(
      send(port, agent, 'POST', '/flux/tasks', body).then(() => void times.push(performance.now() - started)),
    );
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  await Promise.all(pending);
  agent.destroy();
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
}

function send(port: number, agent: Agent, method: string, path: string, body = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, agent, method, path, host: '127.0.0.1' }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path} gave ${response.statusCode}`));
      response.resume().once('end', resolve);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function sampleIds(dataDir: string): string[] {
  const db = new Database(join(dataDir, 'mirror.db'), { readonly: true });
  const ids = db.prepare<[], string>('SELECT id FROM tasks LIMIT 50000').pluck().all();
  db.close();
  return ids;
}
