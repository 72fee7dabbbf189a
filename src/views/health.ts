/** How the mirror does, in one word: for the pages, which say it in a sentence of the reader's language. */
import * as z from 'zod';
import { formatIsoTime } from '../lib/iso-time.ts';
import { readLastAnswer } from '../upstream/last-answer.ts';
import { listProblems, OFFLINE, type ProblemDeps } from './problems.ts';
import { text, time } from './schema-values.ts';

/** `GET /api/health`. */
export const healthSchema = z.strictObject({
  state: z.enum(['ok', 'offline', 'unreachable', 'full', 'other']).meta({
    description: 'full: nothing can be stored; other: see the problems',
  }),
  synced_at: time.nullable().meta({ description: 'when the last sync run ended' }),
  since: time.nullable().meta({ description: 'when the upstream last answered, if it does not answer now' }),
  problems: z.array(text).meta({ description: 'empty for tokens that are limited to certain tasks' }),
});

export type Health = z.output<typeof healthSchema>;

/** @param isWhole whether the caller may see what concerns the whole mirror */
export async function readHealth(deps: ProblemDeps, { isWhole }: { isWhole: boolean }): Promise<Health> {
  const { store, clock } = deps;
  const problems = await listProblems(deps);
  const [last, before] = await store.runs(2);
  const circuit = await store.readCircuit(clock.now());
  const { answered, failed } = await readLastAnswer(store);
  const state = await decideState(deps, problems, circuit !== undefined && circuit.reason !== 'rate-limited');
  return {
    state,
    synced_at: formatIsoTime(last?.endedAtMs ?? before?.endedAtMs),
    since: state === 'unreachable' ? formatIsoTime(answered ?? failed) : null,
    problems: isWhole ? problems : [],
  };
}

async function decideState(
  { store, config }: ProblemDeps,
  problems: readonly string[],
  isUnreachable: boolean,
): Promise<Health['state']> {
  if ((await store.readStorageProblem()) !== undefined) return 'full';
  if (config.offline) return 'offline';
  if (isUnreachable) return 'unreachable';
  return problems.some((problem) => problem !== OFFLINE) ? 'other' : 'ok';
}
