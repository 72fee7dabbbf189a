/** Current problems in plain sentences; the same for `/readyz`, `/api/stats` and the `status` command. */
import { readLastBackup } from '../backup/last-backup.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';

export interface ProblemDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly config: Pick<Config, 'offline' | 'upstreamToken' | 'isTokenWithheld'>;
}

/** The one that is wanted. */
export const OFFLINE = 'offline by setting';

/** Failed outcomes of a run that the circuit breaker does not already report. */
const FAILED_RUN = new Set(['failed', 'interrupted']);

/** Lists problems worth showing; none of them stops the mirror from serving stored tasks. */
export async function listProblems({ store, clock, config }: ProblemDeps): Promise<string[]> {
  const problems: string[] = [];
  const damage = await store.damage();
  if (damage !== undefined) problems.push(damage);
  const disk = await store.readStorageProblem();
  if (disk !== undefined) problems.push(`${disk}: nothing can be stored; stored tasks are still served`);
  const circuit = await store.readCircuit(clock.now());
  if (circuit) problems.push(`upstream ${circuit.reason}: ${circuit.message}`);
  if (config.offline) problems.push(OFFLINE);
  else if (config.isTokenWithheld)
    problems.push('the upstream is set by a .env file, and no token is sent there: nothing is synced');
  else if (config.upstreamToken === undefined)
    problems.push('ACEDATACLOUD_API_TOKEN is not set: nothing is synced');
  const missing = await store.countMissingImages();
  if (missing > 0)
    problems.push(
      `${missing} archived image${missing === 1 ? ' has' : 's have'} no file: copy images/ here, or fetch them again while their links work`,
    );
  const [run] = await store.runs(1);
  if (run && FAILED_RUN.has(run.outcome))
    problems.push(`the last sync run ${run.outcome}: ${run.error ?? 'see the log'}`);
  const backup = await readLastBackup(store);
  if (backup.error !== undefined) problems.push(`the last backup failed: ${backup.error}`);
  return problems;
}
