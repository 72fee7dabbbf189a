/** Two servers as people run them: processes on one database and one bucket, behind nginx with the configuration of docs/nginx. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { startCli, watch } from './cli.ts';
import { documentText, numberedIds } from './documents.ts';
import { startNginx } from './nginx.ts';
import { startObjectStore } from './object-store.ts';
import { createEmptyDatabase } from './postgres.ts';
import { findFreePort } from './proxy-process.ts';
import { temporaryDirectory, UPSTREAM_TOKEN } from './test-mirror.ts';

export interface ProxiedServers {
  /** Of nginx. */
  readonly url: string;
  readonly simulator: Simulator;
  /** `127.0.0.1:port` of each server, as the header `x-served-by` of nginx names it. */
  readonly addresses: readonly [string, string];
  /** Asks nginx, with the token of the mirror. */
  request(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Lets the upstream finish what it is generating: it takes as long as the test wants. */
  finishTasks(): void;
  /** Kills the server at this address, as `kill -9` does. */
  kill(address: string): Promise<void>;
}

/** Of the tasks of a filled mirror: every other one is a white cat, the others are black dogs. */
export const PICTURE_IDS = numberedIds(12);
/** For what takes its time on a busy machine, and for a test of it. */
export const BUSY = { timeout: 60_000 };
export const PROXIED_TIMEOUT_MS = 180_000;
export const MIRROR_TOKEN = 'a-token-of-the-mirror';
const TASK_DURATION_MS = 3_600_000;
const CONFIGURATION = new URL('../../docs/nginx/cluster.conf', import.meta.url);

/** @param allowedHosts further hosts that may be called, for callbacks and webhooks */
export async function startProxiedServers(allowedHosts: readonly string[] = []): Promise<ProxiedServers> {
  let aheadMs = 0;
  const simulator = await startSimulator({
    token: UPSTREAM_TOKEN,
    taskDurationMs: TASK_DURATION_MS,
    now: () => Date.now() + aheadMs,
  });
  onTestFinished(() => simulator.stop());
  const bucket = await startObjectStore();
  const databaseUrl = await createEmptyDatabase();
  const ports = [await findFreePort(), await findFreePort()] as const;
  const addresses: [string, string] = [`127.0.0.1:${ports[0]}`, `127.0.0.1:${ports[1]}`];
  const { http, server } = readDocumentedProxy(addresses);
  const url = await startNginx(`${server} add_header X-Served-By $upstream_addr always;`, http);

  const start = (port: number) =>
    startCli(['serve'], {
      env: {
        FLUX_MIRROR_DATABASE_URL: databaseUrl,
        FLUX_MIRROR_DATA_DIR: temporaryDirectory(),
        FLUX_MIRROR_PORT: String(port),
        FLUX_MIRROR_TOKENS: MIRROR_TOKEN,
        FLUX_MIRROR_TRUSTED_PROXIES: '127.0.0.1',
        FLUX_MIRROR_CALLBACK_URL: url,
        FLUX_MIRROR_SYNC_CRON: '* * * * * *',
        FLUX_MIRROR_PENDING_TTL: '300ms',
        FLUX_MIRROR_ARCHIVE_IMAGES: 'true',
        FLUX_MIRROR_IMAGE_ALLOW_HOSTS: [new URL(simulator.url).host, ...allowedHosts].join(','),
        ACEDATACLOUD_API_TOKEN: UPSTREAM_TOKEN,
        ACEDATACLOUD_API_BASE_URL: simulator.url,
        ...bucket.env,
      },
    });
  const processes = new Map(ports.map((port) => [`127.0.0.1:${port}`, start(port)]));
  await Promise.all([...processes.values()].map((child) => watch(child)(/listens on/)));

  const request: ProxiedServers['request'] = (path, init = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${MIRROR_TOKEN}`, ...init.headers },
    });
  return {
    ...{ url, simulator, addresses, request },
    post: (path, body, headers = {}) =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    finishTasks: () => {
      aheadMs += TASK_DURATION_MS;
    },
    kill: async (address) => {
      const child = processes.get(address);
      if (!child) throw new Error(`no server is at ${address}`);
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** With tasks whose pictures are archived. */
export async function startFilledServers(): Promise<ProxiedServers> {
  const here = await startProxiedServers();
  const { simulator, post, request } = here;
  simulator.seed(
    PICTURE_IDS.map((id, at) => {
      const prompt = `a ${at % 2 === 0 ? 'white cat' : 'black dog'} number ${at}`;
      const data = [{ prompt, image_url: `${simulator.url}/images/${id}.png`, seed: 7 }];
      const createdAt = 1_773_400_000 - at * 60;
      return documentText({ id, prompt, createdAt, more: { response: { success: true, data } } });
    }),
  );
  await post('/api/tracked', { ids: PICTURE_IDS });
  const countArchived = async () =>
    ((await (await request('/api/stats')).json()) as { images: { archived: number } }).images.archived;
  await expect.poll(countArchived, BUSY).toBe(PICTURE_IDS.length);
  return here;
}

/** The blocks of the file, with other addresses. */
function readDocumentedProxy(addresses: readonly string[]): { http: string; server: string } {
  const text = readFileSync(CONFIGURATION, 'utf8');
  const [, http = '', server = ''] =
    /^(upstream .*?^\})\n+server \{\n *listen 8080;\n(.*)^\}/ms.exec(text) ?? [];
  const place = (block: string, address: string, at: number) =>
    block.replace(`mirror-${at + 1}:8787`, address);
  return { http: addresses.reduce(place, http), server };
}
