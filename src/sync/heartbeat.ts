/** Says that this process is alive while it holds claims, so that nobody else takes them for a dead one's. */
import { HEARTBEAT_INTERVAL_MS } from '../store/contract/servers.ts';
import type { SyncDeps } from './deps.ts';

/** @returns a function that ends it */
export async function startHeartbeat({
  store,
  clock,
  log,
}: Pick<SyncDeps, 'store' | 'clock' | 'log'>): Promise<() => void> {
  const recordHeartbeat = async () => store.recordHeartbeat(clock.now());
  await recordHeartbeat();
  const timer = setInterval(() => {
    recordHeartbeat().catch((error: unknown) =>
      log.warn({ err: error }, 'could not record that this process is alive'),
    );
  }, HEARTBEAT_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
