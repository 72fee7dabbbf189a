/** The addresses of the running servers, stored so that commands can ask them. */
import { hostname } from 'node:os';
import type { RunningServer } from '../store/contract/servers.ts';
import type { Store } from '../store/contract/store.ts';

const CHECKPOINT = 'server';
const STATUS_TIMEOUT_MS = 2000;

/** What a server says of itself at `/readyz`. */
interface Readiness {
  readonly status: string;
  readonly reasons: readonly string[];
}

export interface ServerState extends Readiness {
  readonly url: string;
  readonly pid: number;
}

/** A server that is alive, and its answer if it gives one: its address may be one of another machine. */
export interface AskedServer extends RunningServer {
  readonly state: ServerState | undefined;
}

/** Stores the address of the server that just started. A full disk must not prevent the start. */
export async function publishAddress(store: Store, url: string): Promise<void> {
  try {
    await store.setCheckpoint(CHECKPOINT, JSON.stringify({ url, pid: process.pid, host: hostname() }));
  } catch {
    // Already reported by /readyz and the log; `status` then shows less.
  }
}

interface PublishedAddress {
  readonly url: string;
  readonly pid: number;
  readonly host?: string;
}

/** Of the server that started last. Only written by publishAddress, here or in a container with the same mirror. */
async function readAddress(store: Pick<Store, 'readCheckpoint'>): Promise<PublishedAddress | undefined> {
  const text = await store.readCheckpoint(CHECKPOINT);
  return text === undefined ? undefined : (JSON.parse(text) as PublishedAddress);
}

/** The address of the server that started last, whether or not it still runs; undefined if there was none. */
export async function readLastAddress(store: Pick<Store, 'readCheckpoint'>): Promise<string | undefined> {
  return (await readAddress(store))?.url;
}

export interface AskedServers {
  /** Those that are alive, the newest first. */
  readonly servers: readonly AskedServer[];
  /** The newest one that answers; undefined if none does. */
  readonly answering: ServerState | undefined;
}

/** Asks all servers of the mirror. */
export async function askServers(
  store: Pick<Store, 'readCheckpoint' | 'findServers'>,
  nowMs: number,
  fetch: typeof globalThis.fetch,
): Promise<AskedServers> {
  const last = await readAddress(store);
  const servers = await Promise.all(
    (await store.findServers(nowMs)).map(async (server) => {
      // At the address of an ended server, another one may listen.
      const isLast = last?.pid === server.pid && last.host === server.host;
      const url = server.heartbeat?.url ?? (isLast ? last.url : undefined);
      return { ...server, state: url === undefined ? undefined : await askServer(url, server.pid, fetch) };
    }),
  );
  const answering = servers.find(({ state }) => state)?.state ?? (await askElsewhere(last, fetch));
  return { servers, answering };
}

/** A server on another machine, or in a container, which has the same data directory, is known by its address alone. */
async function askElsewhere(
  last: PublishedAddress | undefined,
  fetch: typeof globalThis.fetch,
): Promise<ServerState | undefined> {
  return last === undefined || last.host === hostname() ? undefined : askServer(last.url, last.pid, fetch);
}

/** Undefined if nobody answers, or something else does: another program may have taken the port. */
async function askServer(
  url: string,
  pid: number,
  fetch: typeof globalThis.fetch,
): Promise<ServerState | undefined> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    const { status, reasons } = (await response.json()) as Partial<Readiness>;
    return typeof status === 'string' && Array.isArray(reasons) ? { url, pid, status, reasons } : undefined;
  } catch {
    return undefined;
  }
}
