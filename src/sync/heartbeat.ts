/** Says that this process is alive while it holds claims, so that nobody else takes them for a dead one's. */
import { HEARTBEAT_INTERVAL_MS } from '../store/contract/servers.ts';
import type { SyncParts } from './parts.ts';

/** @returns a function that ends it */
export async function startHeartbeat({
  store,
  clock,
  log,
}: Pick<SyncParts, 'store' | 'clock' | 'log'>): Promise<() => void> {
  const beat = async () => store.recordHeartbeat(clock.now());
  await beat();
  const timer = setInterval(() => {
    beat().catch((error: unknown) => log.warn({ err: error }, 'could not record that this process is alive'));
  }, HEARTBEAT_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
