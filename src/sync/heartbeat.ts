/** Records a heartbeat while this process holds claims, so that no other process takes them over. */
import { HEARTBEAT_INTERVAL_MS } from '../store/contract/servers.ts';
import type { SyncDeps } from './deps.ts';

/** @returns a function that stops it */
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
