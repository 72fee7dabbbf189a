/** A server that is killed and started again, always at the same address, as its supervisor would. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../helpers/proxy-process.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

export interface KilledServer {
  readonly url: string;
  readonly dataDir: string;
  /** As by `kill -9`; also while it starts. */
  kill(): Promise<void>;
  /**
   * Resolves once it listens, or is killed. While its database is away it ends with an error, and is started again.
   * @throws Error with its output if it never listens
   */
  start(): Promise<void>;
}

const RESTART_PAUSE_MS = 300;
/** Longer than anything stays away. */
const START_TIMEOUT_MS = 60_000;

/** @param folder for its data and its log */
export async function createKilledServer(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<KilledServer> {
  const port = await findFreePort();
  const dataDir = join(folder, 'data');
  const log = createWriteStream(join(folder, 'server.log'));
  const environment = { ...env, FLUX_MIRROR_DATA_DIR: dataDir, FLUX_MIRROR_PORT: String(port) };
  let running: ServerProcess | undefined;
  /** Of the latest start: a kill ends the ones before. */
  let life = 0;

  return {
    url: `http://127.0.0.1:${port}`,
    dataDir,
    kill: async () => {
      life += 1;
      running?.child.kill('SIGKILL');
      await running?.dead;
    },
    start: async () => {
      life += 1;
      const own = life;
      const deadline = performance.now() + START_TIMEOUT_MS;
      while (own === life) {
        running = startServerProcess(folder, environment);
        for (const stream of [running.child.stdout, running.child.stderr]) stream?.pipe(log, { end: false });
        try {
          await running.findAddress();
          return;
        } catch (error) {
          if (performance.now() > deadline) throw error;
        }
        await delay(RESTART_PAUSE_MS);
      }
    },
  };
}
