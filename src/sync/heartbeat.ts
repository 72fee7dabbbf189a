/** Records now and then that this process is alive, so that no other process takes over what it has claimed. */
import { HEARTBEAT_INTERVAL_MS } from '../store/contract/servers.ts';
import type { SyncDeps } from './deps.ts';

type HeartbeatDeps = Pick<SyncDeps, 'store' | 'clock' | 'log'>;

export interface Heartbeat {
  stop(): Promise<void>;
}

/** For work that claims something. @throws StoreError if the first one can't be recorded */
export async function startHeartbeat(deps: HeartbeatDeps): Promise<Heartbeat> {
  const record = async () => deps.store.recordHeartbeat(deps.clock.now());
  await record();
  return repeat(record, deps);
}

/** For as long as a server runs. @param url where it listens */
export function startServerHeartbeat(deps: HeartbeatDeps, url: string): Heartbeat {
  return repeat(async () => deps.store.recordHeartbeat(deps.clock.now(), url), deps, { isImmediate: true });
}

function repeat(
  record: () => Promise<void>,
  { log }: HeartbeatDeps,
  { isImmediate = false } = {},
): Heartbeat {
  let hasFailed = false;
  const recordSafely = async () => {
    try {
      await record();
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) log.warn({ err: error }, 'could not record that this process is alive');
      hasFailed = true;
    }
  };
  let latest = isImmediate ? recordSafely() : undefined;
  const timer = setInterval(() => {
    latest = recordSafely();
  }, HEARTBEAT_INTERVAL_MS);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await latest; // it would say that a process is alive that has signed off
    },
  };
}
