/** Where the server of a data directory can be asked; so that the `status` command shows what the server knows. */
import type { Store } from '../store/contract/store.ts';

const BOOKMARK = 'server';
const STATUS_TIMEOUT_MS = 2000;

export interface ServerState {
  readonly url: string;
  readonly pid: number;
  /** As `/readyz` says it. */
  readonly status: string;
  readonly reasons: readonly string[];
}

/** Notes the address of the server that just started. A full disk is no reason not to start. */
export async function publishAddress(store: Store, url: string): Promise<void> {
  try {
    await store.setCheckpoint(BOOKMARK, JSON.stringify({ url, pid: process.pid }));
  } catch {
    // Said by /readyz and the log already; `status` does without.
  }
}

/** Asks the server that announced itself last; undefined when it does not run any more. */
export async function askServer(
  store: Pick<Store, 'readCheckpoint'>,
  fetch: typeof globalThis.fetch,
): Promise<ServerState | undefined> {
  const text = await store.readCheckpoint(BOOKMARK);
  if (text === undefined) return undefined;
  const { url, pid } = JSON.parse(text) as { url: string; pid: number }; // nobody else writes it
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    const { status, reasons } = (await answer.json()) as Partial<ServerState>;
    // Another program may have taken the port.
    return typeof status === 'string' && Array.isArray(reasons) ? { url, pid, status, reasons } : undefined;
  } catch {
    return undefined;
  }
}
