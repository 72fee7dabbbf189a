/** Reads candidates together with their prompts, each different prompt once. */
import type { Snapshot } from '../snapshot.ts';
import { readPrompts } from './read-tasks.ts';

export interface CandidateRow<Prompt> {
  /** Key of the task. */
  readonly task: number;
  readonly createdAt: number;
  readonly id: string;
  /** Of its prompt. */
  readonly hash: string;
  readonly prompt: Prompt;
}

/** Documents that are read before it is known whether more are wanted. */
const CHUNK = 250;

/**
 * The candidates that still exist, in the given order.
 * @param oncePerPrompt skips those whose prompt an earlier one has
 * @param parsePrompt called once for each different prompt
 */
export async function* readCandidates<Prompt>(
  snapshot: Snapshot,
  keys: readonly number[],
  { oncePerPrompt, parsePrompt }: { oncePerPrompt: boolean; parsePrompt: (prompt: string) => Prompt },
): AsyncGenerator<CandidateRow<Prompt>> {
  const prompts = new Map<string, Prompt>();
  for (let from = 0; from < keys.length; from += CHUNK) {
    const rows = await readRows(snapshot, keys.slice(from, from + CHUNK));
    const unread = new Map(rows.filter(({ hash }) => !prompts.has(hash)).map((row) => [row.hash, row.task]));
    const texts = await readPrompts(snapshot, [...unread.values()]);
    for (const row of rows) {
      snapshot.checkInterrupt();
      const known = prompts.has(row.hash);
      if (known && oncePerPrompt) continue;
      const prompt = prompts.get(row.hash) ?? parsePrompt(texts.get(unread.get(row.hash) ?? row.task) ?? '');
      prompts.set(row.hash, prompt);
      yield { ...row, prompt };
    }
  }
}

function readRows(
  snapshot: Snapshot,
  keys: readonly number[],
): Promise<Omit<CandidateRow<never>, 'prompt'>[]> {
  return snapshot.query(
    `SELECT tasks.arrival AS task, created_at AS "createdAt", id, upper(encode(prompt_hash, 'hex')) AS hash
     FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (task, n) JOIN tasks ON tasks.arrival = wanted.task ORDER BY wanted.n`,
    [keys],
  );
}
