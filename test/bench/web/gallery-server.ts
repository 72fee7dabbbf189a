/** The built server on the data of a benchmark. */
import { fileURLToPath } from 'node:url';
import { freePort, startCommand, stopProcess } from '../processes.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** Runs something with a server that has just started, and ends it. */
export async function withGalleryServer<T>(dataDir: string, run: (url: string) => Promise<T>): Promise<T> {
  const port = await freePort();
  const settings = ['--offline', '--data-dir', dataDir, '--port', String(port), '--log-level', 'silent'];
  const server = await startCommand(process.execPath, [MAIN, 'serve', ...settings], port);
  try {
    return await run(`http://127.0.0.1:${port}`);
  } finally {
    await stopProcess(server);
  }
}

/** @returns its id */
export async function findOldestTask(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/search?sort=oldest&limit=1`);
  const { items } = (await answer.json()) as { items: { id: string }[] };
  const [oldest] = items;
  if (!oldest) throw new Error('the data has no task');
  return oldest.id;
}
