/** Records now and then that this process is alive, so that no other process takes over what it has claimed. */
import { HEARTBEAT_INTERVAL_MS } from '../store/contract/servers.ts';
import type { SyncDeps } from './deps.ts';

type HeartbeatDeps = Pick<SyncDeps, 'store' | 'clock' | 'log'>;

export interface Heartbeat {
  stop(): Promise<void>;
}

/** Begins at once, for work that claims something. */
export async function startHeartbeat(deps: HeartbeatDeps): Promise<Heartbeat> {
  await deps.store.recordHeartbeat(deps.clock.now());
  return repeatHeartbeat(deps);
}

/** The first one comes after an interval. */
export function repeatHeartbeat({ store, clock, log }: HeartbeatDeps): Heartbeat {
  let hasFailed = false;
  let latest: Promise<void> | undefined;
  const recordHeartbeat = async () => {
    try {
      await store.recordHeartbeat(clock.now());
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) log.warn({ err: error }, 'could not record that this process is alive');
      hasFailed = true;
    }
  };
  const timer = setInterval(() => {
    latest = recordHeartbeat();
  }, HEARTBEAT_INTERVAL_MS);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await latest; // it would say that a process is alive that has signed off
    },
  };
}
