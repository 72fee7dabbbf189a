/** For how long one answer holds everybody else up: the event-loop lag that `/metrics` shows, while long answers are made. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchDocument } from './dataset.ts';
import { freePort, startCommand, stopProcess } from './processes.ts';
import { storeDocuments } from './store-documents.ts';
import type { Row } from './table.ts';

const TASKS = 1000;
const SIZES = [900, 20_000, 100_000];
const REPEATS = 10;

function documentsOf(bytes: number): BenchDocument[] {
  return Array.from({ length: TASKS }, (_, at) => {
    const id = `${String(bytes).padStart(8, '0')}-0000-4000-8000-${String(at).padStart(12, '0')}`;
    const prompt = 'word '.repeat((bytes - 200) / 5);
    const data = [{ image_url: `https://img.example/${id}.png` }];
    const text = JSON.stringify({
      id,
      created_at: 1_770_000_000 + at,
      request: { prompt },
      response: { success: true, data },
    });
    return { id, text };
  });
}

/** @returns the longest lag in milliseconds */
export async function benchHolding(directory: string): Promise<Row[]> {
  mkdirSync(directory, { recursive: true });
  const dataDir = mkdtempSync(join(directory, 'holding-'));
  for (const bytes of SIZES) await storeDocuments(dataDir, documentsOf(bytes));
  const port = await freePort();
  const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const settings = ['--offline', '--data-dir', dataDir, '--port', String(port), '--log-level', 'silent'];
  const server = await startCommand(process.execPath, [main, 'serve', ...settings], port);
  const url = `http://127.0.0.1:${port}`;
  const lag = async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return 1000 * Number(/^flux_mirror_event_loop_lag_seconds\{statistic="max"\} (\S+)/m.exec(text)?.[1]);
  };
  const longest = async (body: unknown, headers: Record<string, string> = {}) => {
    await lag(); // resets the measurement
    for (let at = 0; at < REPEATS; at += 1) {
      const answer = await fetch(`${url}/flux/tasks`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      await answer.arrayBuffer();
    }
    return `${(await lag()).toFixed(0)} ms`;
  };
  const rows: Row[] = [];
  try {
    for (const bytes of SIZES) {
      const ids = documentsOf(bytes).map(({ id }) => id);
      const size = `${TASKS.toLocaleString('en')} tasks of ${bytes.toLocaleString('en')} bytes`;
      const body = { action: 'retrieve_batch', ids };
      rows.push({ what: `a batch of ${size}`, value: await longest(body), wanted: 'under 50 ms' });
      rows.push({
        what: '… with the links of archived images',
        value: await longest(body, { 'x-flux-mirror-images': 'local' }),
      });
    }
    const list = { action: 'retrieve_batch', limit: TASKS };
    rows.push({ what: 'a history list of the last of these', value: await longest(list) });
  } finally {
    await stopProcess(server);
  }
  return rows;
}
