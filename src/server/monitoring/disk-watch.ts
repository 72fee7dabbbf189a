/** Logs once when nothing can be stored, or the database is damaged, and once when that is over. */
import type { Log } from '../../lib/log.ts';
import { createSingleFlight } from '../../lib/single-flight.ts';
import type { Store } from '../../store/contract/store.ts';

const POLL_INTERVAL_MS = 5000;
/** Of a database on another machine, whose state is known from its use. */
const QUICK_POLL_INTERVAL_MS = 1000;

export interface DiskWatch {
  check(): Promise<void>;
  stop(): Promise<void>;
}

export interface DiskWatchOptions {
  readonly isRemote?: boolean;
}

export function startDiskWatch(
  store: Pick<Store, 'readStorageProblem' | 'isAway' | 'damage'>,
  log: Log,
  { isRemote = false }: DiskWatchOptions = {},
): DiskWatch {
  let known: string | undefined;
  let wasAway = false;
  let isDamageLogged = false;
  const checkOnce = createSingleFlight(async () => {
    const damage = await store.damage();
    if (damage !== undefined && !isDamageLogged) log.fatal(damage);
    isDamageLogged = damage !== undefined;
    const problem = await store.readStorageProblem();
    const isAway = await store.isAway();
    if (problem !== undefined && problem !== known)
      log.error({ why: problem }, isAway ? AWAY : 'nothing can be stored; stored tasks are still served');
    if (problem === undefined && known !== undefined)
      log.info(wasAway ? 'the database is reachable again' : 'the disk is writable again');
    known = problem;
    wasAway = isAway;
  });
  const timer = setInterval(checkOnce.run, isRemote ? QUICK_POLL_INTERVAL_MS : POLL_INTERVAL_MS);
  timer.unref();
  void checkOnce.run();
  return {
    check: checkOnce.run,
    stop: async () => {
      clearInterval(timer);
      await checkOnce.current;
    },
  };
}

const AWAY = 'the database is unreachable: requests that need it are answered with 503';
