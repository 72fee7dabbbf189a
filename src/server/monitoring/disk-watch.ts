/** Says once in the log that the disk takes nothing or the database is damaged, and once that the disk takes what is written again. */
import type { Log } from '../../lib/log.ts';
import type { Store } from '../../store/contract/store.ts';

const POLL_INTERVAL_MS = 5000;

export interface DiskWatch {
  look(): Promise<void>;
  stop(): void;
}

export function startDiskWatch(store: Pick<Store, 'readStorageProblem' | 'damage'>, log: Log): DiskWatch {
  let known: string | undefined;
  let isDamageTold = false;
  const look = async () => {
    const damage = await store.damage();
    if (damage !== undefined && !isDamageTold) log.fatal(damage);
    isDamageTold = damage !== undefined;
    const trouble = await store.readStorageProblem();
    if (trouble !== undefined && trouble !== known)
      log.error({ why: trouble }, 'nothing can be stored; what is stored is served on');
    if (trouble === undefined && known !== undefined) log.info('the disk takes what is written again');
    known = trouble;
  };
  const timer = setInterval(() => void look(), POLL_INTERVAL_MS);
  timer.unref();
  void look();
  return { look, stop: () => clearInterval(timer) };
}
