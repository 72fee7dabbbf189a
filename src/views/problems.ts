/** Current problems in plain sentences; the same for `/readyz`, `/api/stats` and the `status` command. */
import { readLastBackup } from '../backup/last-backup.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { OpenCircuit } from '../store/contract/circuit.ts';
import type { Store } from '../store/contract/store.ts';

export interface ProblemDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly config: Pick<Config, 'offline' | 'upstreamToken' | 'isTokenWithheld'>;
  /** Left out where it is not known whether images can be stored: in a command. */
  readonly archive?: { readonly files: { readProblem(): Error | undefined } };
}

/** The one that is wanted. */
export const OFFLINE = 'offline by setting';

/** Failed outcomes of a run that the circuit breaker does not already report. */
const FAILED_RUN = new Set(['failed', 'interrupted']);

/** Lists problems worth showing; none of them stops the mirror from serving stored tasks. */
export async function listProblems({ store, clock, config, archive }: ProblemDeps): Promise<string[]> {
  const problems = await listStorageFailures({ store, ...(archive ? { archive } : {}) });
  const circuit = await store.readCircuit(clock.now());
  if (circuit) problems.push(describeCircuit(circuit));
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
  problems.push(...(await listRunFailures(store)));
  const backup = await readLastBackup(store);
  if (backup.error !== undefined) problems.push(`the last backup failed: ${backup.error}`);
  return problems;
}

/** Those of them that come and go by themselves: no settings, no rate limits, which only take time, and no backups. */
export async function listFailures({
  store,
  clock,
  ...deps
}: Pick<ProblemDeps, 'store' | 'clock' | 'archive'>): Promise<string[]> {
  const circuit = await store.readCircuit(clock.now());
  return [
    ...(await listStorageFailures({ store, ...deps })),
    ...(circuit && circuit.reason !== 'rate-limited' ? [describeCircuit(circuit)] : []),
    ...(await listRunFailures(store)),
  ];
}

async function listStorageFailures({
  store,
  archive,
}: Pick<ProblemDeps, 'store' | 'archive'>): Promise<string[]> {
  const damage = await store.damage();
  const disk = await store.readStorageProblem();
  const images = archive?.files.readProblem();
  return [
    ...(damage === undefined ? [] : [damage]),
    ...(disk === undefined ? [] : [`${disk}: ${describeConsequence(await store.isAway())}`]),
    ...(images === undefined ? [] : [`images: ${images.message}`]),
  ];
}

function describeConsequence(isAway: boolean): string {
  return isAway ? 'nothing can be served or stored' : 'nothing can be stored; stored tasks are still served';
}

function describeCircuit({ reason, message }: OpenCircuit): string {
  return `upstream ${reason}: ${message}`;
}

async function listRunFailures(store: Store): Promise<string[]> {
  const [run] = await store.runs(1);
  return run && FAILED_RUN.has(run.outcome)
    ? [`the last sync run ${run.outcome}: ${run.error ?? 'see the log'}`]
    : [];
}
