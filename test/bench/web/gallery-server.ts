/** The built server on the data of a benchmark. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, startCommand, stopProcess } from '../processes.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

const POLL_INTERVAL_MS = 500;
/** Clock ticks of CPU time, of 10 ms, within an interval. */
const IDLE_TICKS = 3;

/** Runs something with a server that has just started and has looked through its archive, and ends it. */
export async function withGalleryServer<T>(dataDir: string, run: (url: string) => Promise<T>): Promise<T> {
  const port = await freePort();
  const settings = ['--offline', '--data-dir', dataDir, '--port', String(port), '--log-level', 'silent'];
  const server = await startCommand(process.execPath, [MAIN, 'serve', ...settings], port);
  try {
    await waitUntilIdle(server.pid);
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

/** At its start, a server looks for thumbnails that are missing: here among many tasks that share few pictures. On Linux alone. */
async function waitUntilIdle(pid: number | undefined): Promise<void> {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return;
  const readTicks = () => {
    const [, , , , , , , , , , , user, system] = readFileSync(file, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(user) + Number(system);
  };
  for (let last = Number.NEGATIVE_INFINITY, now = readTicks(); now - last > IDLE_TICKS; now = readTicks()) {
    last = now;
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
}
