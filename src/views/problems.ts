/** What is wrong just now, in sentences for people: the same for `/readyz`, `/api/stats` and the `status` command. */
import { readLastBackup } from '../backup/last-backup.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';

export interface ProblemDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly config: Pick<Config, 'offline' | 'upstreamToken'>;
}

/** Outcomes of a run that the circuit breaker does not tell already. */
const FAILED_RUN = new Set(['failed', 'interrupted']);

/** Worth showing, but none of it keeps the mirror from serving what it has. */
export async function listProblems({ store, clock, config }: ProblemDeps): Promise<string[]> {
  const found: string[] = [];
  const damage = await store.damage();
  if (damage !== undefined) found.push(damage);
  const disk = await store.readStorageProblem();
  if (disk !== undefined) found.push(`${disk}: nothing can be stored, what is stored is served on`);
  const circuit = await store.readCircuit(clock.now());
  if (circuit) found.push(`upstream ${circuit.reason}: ${circuit.message}`);
  if (config.offline) found.push('offline by setting');
  else if (config.upstreamToken === undefined)
    found.push('there is no ACEDATACLOUD_API_TOKEN: nothing is synced');
  const [run] = await store.runs(1);
  if (run && FAILED_RUN.has(run.outcome))
    found.push(`the last sync run ${run.outcome}: ${run.error ?? 'see the log'}`);
  const backup = await readLastBackup(store);
  if (backup.error !== undefined) found.push(`the last backup failed: ${backup.error}`);
  return found;
}
