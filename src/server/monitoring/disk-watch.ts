/** Logs once when the disk is not writable or the database is damaged, and once when the disk is writable again. */
import type { Log } from '../../lib/log.ts';
import type { Store } from '../../store/contract/store.ts';

const POLL_INTERVAL_MS = 5000;

export interface DiskWatch {
  check(): Promise<void>;
  stop(): void;
}

export function startDiskWatch(store: Pick<Store, 'readStorageProblem' | 'damage'>, log: Log): DiskWatch {
  let known: string | undefined;
  let isDamageLogged = false;
  const check = async () => {
    const damage = await store.damage();
    if (damage !== undefined && !isDamageLogged) log.fatal(damage);
    isDamageLogged = damage !== undefined;
    const problem = await store.readStorageProblem();
    if (problem !== undefined && problem !== known)
      log.error({ why: problem }, 'nothing can be stored; stored tasks are still served');
    if (problem === undefined && known !== undefined) log.info('the disk is writable again');
    known = problem;
  };
  const timer = setInterval(() => void check(), POLL_INTERVAL_MS);
  timer.unref();
  void check();
  return { check, stop: () => clearInterval(timer) };
}
