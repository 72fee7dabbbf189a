/** Reads candidates together with their prompts, each different prompt once. */
import { getPrompt } from '../../../task/document.ts';
import type { Sqlite } from '../database.ts';

export interface CandidateRow<Prompt> {
  readonly position: number;
  readonly createdAt: number;
  readonly id: string;
  /** Of its prompt. */
  readonly hash: string;
  readonly prompt: Prompt;
}

/**
 * The candidates that still exist, in the given order.
 * @param oncePerPrompt skips those whose prompt an earlier one has
 * @param parsePrompt called once for each different prompt
 */
export function* readCandidates<Prompt>(
  { raw, checkInterrupt }: Sqlite,
  positions: Iterable<number>,
  { oncePerPrompt, parsePrompt }: { oncePerPrompt: boolean; parsePrompt: (prompt: string) => Prompt },
): Generator<CandidateRow<Prompt>> {
  const select = raw.prepare<[number], Omit<CandidateRow<Prompt>, 'position' | 'prompt'>>(
    `SELECT created_at AS createdAt, id, hex(prompt_hash) AS hash FROM tasks WHERE position = CAST(? AS INTEGER)`,
  );
  const selectDocument = raw
    .prepare<[number], string>('SELECT document FROM tasks WHERE position = CAST(? AS INTEGER)')
    .pluck();
  const prompts = new Map<string, Prompt>();
  for (const position of positions) {
    checkInterrupt?.();
    const row = select.get(position);
    if (!row || (oncePerPrompt && prompts.has(row.hash))) continue;
    const prompt = prompts.get(row.hash) ?? parsePrompt(getPrompt(selectDocument.get(position) ?? '{}'));
    prompts.set(row.hash, prompt);
    yield { position, ...row, prompt };
  }
}
