/** The address of the running server, stored so that the `status` command can ask it. */
import { hostname } from 'node:os';
import type { Store } from '../store/contract/store.ts';

const CHECKPOINT = 'server';
const STATUS_TIMEOUT_MS = 2000;

export interface ServerState {
  readonly url: string;
  readonly pid: number;
  /** As reported by `/readyz`. */
  readonly status: string;
  readonly reasons: readonly string[];
}

/** Stores the address of the server that just started. A full disk must not prevent the start. */
export async function publishAddress(store: Store, url: string): Promise<void> {
  try {
    await store.setCheckpoint(CHECKPOINT, JSON.stringify({ url, pid: process.pid, host: hostname() }));
  } catch {
    // Already reported by /readyz and the log; `status` then shows less.
  }
}

/** The address of the server that started last, whether or not it still runs; undefined if there was none. */
export async function readLastAddress(store: Pick<Store, 'readCheckpoint'>): Promise<string | undefined> {
  const text = await store.readCheckpoint(CHECKPOINT);
  // Only written by publishAddress.
  return text === undefined ? undefined : (JSON.parse(text) as { url: string }).url;
}

/** Asks the server that published its address last; undefined if it is not running any more. */
export async function askServer(
  store: Pick<Store, 'readCheckpoint' | 'findServer'>,
  nowMs: number,
  fetch: typeof globalThis.fetch,
): Promise<ServerState | undefined> {
  const text = await store.readCheckpoint(CHECKPOINT);
  if (text === undefined) return undefined;
  // Only written by publishAddress, here or in a container with the same mirror.
  const { url, pid, host } = JSON.parse(text) as { url: string; pid: number; host?: string };
  // At the address of an ended server, another one may listen.
  if (host === hostname() && pid !== (await store.findServer(nowMs))?.pid) return undefined;
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    const { status, reasons } = (await response.json()) as Partial<ServerState>;
    // Another program may have taken the port.
    return typeof status === 'string' && Array.isArray(reasons) ? { url, pid, status, reasons } : undefined;
  } catch {
    return undefined;
  }
}
