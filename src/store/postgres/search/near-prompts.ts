/** The prompts among which the edits of one are looked for: those that are likely to be the most similar. Nothing is stored for it. */
import type { Term } from '../../../search/terms.ts';
import type { TaskId } from '../../../task/id.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import type { NearPrompt, NearPrompts } from '../../contract/search.ts';
import { findNearCandidates } from '../../rules/near-candidates.ts';
import {
  createNearPromptTaker,
  extractPhraseTerms,
  listNearPhrases,
  MAX_NEAR_ROWS,
  MIN_TASKS_FOR_SIZES,
  NO_SIZES,
} from '../../rules/near-prompts.ts';
import { answerLater } from '../../rules/questions.ts';
import { countTasks } from '../counts.ts';
import type { Snapshot } from '../snapshot.ts';
import { createCandidateReader } from './close-candidates.ts';
import { readListSizes } from './list-sizes.ts';
import { readPromptHashes } from './prompt-groups.ts';
import { readPromptSpans } from './prompt-uses.ts';
import { readTasks } from './read-tasks.ts';
import { readIndexedFrom } from './reindex.ts';
import { readRuns, readSourcePrompt, type SourcePrompt } from './source-prompt.ts';

/** Candidates whose prompts are told apart at a time. */
const CHUNK = 250;

/** @returns undefined if there is no such task within the limits */
export async function findNearPrompts(
  snapshot: Snapshot,
  id: TaskId,
  within: TaskLimits | undefined,
): Promise<NearPrompts | undefined> {
  const source = await readSourcePrompt(snapshot, id, within);
  if (!source) return undefined;
  const candidates = await findCandidates(snapshot, source, within);
  const taker = createNearPromptTaker();
  for await (const prompt of readNearPrompts(snapshot, candidates, within)) if (!taker.take(prompt)) break;
  const own = await readPromptSpans(snapshot, [source.task], within);
  return {
    firstUsedMs: own.get(source.task)?.firstUsedMs ?? source.createdAtMs,
    ...taker.finish(),
    indexedFromMs: await readIndexedFrom(snapshot),
  };
}

/** @returns the keys of tasks, those with the most similar prompts first */
async function findCandidates(
  snapshot: Snapshot,
  { task, prompt, createdAtMs }: SourcePrompt,
  within: TaskLimits | undefined,
): Promise<number[]> {
  const terms = extractPhraseTerms(prompt);
  // The sizes are those of all tasks, which must not show to a caller with limits.
  const sizes = within ? undefined : await readSizes(snapshot, terms);
  const reader = await createCandidateReader(snapshot, { strict: [], filter: within ? { within } : {} });
  const work = findNearCandidates({
    ...{ phrases: listNearPhrases(terms, sizes), source: task, limit: MAX_NEAR_ROWS },
    without: await readRuns(snapshot, task, within),
    getPlace: (key) => (key === task ? createdAtMs : reader.getTime(key)),
  });
  return answerLater(work, reader.answer);
}

async function readSizes(snapshot: Snapshot, terms: readonly Term[]): Promise<ReadonlyMap<string, number>> {
  const total = await countTasks(snapshot);
  if (total < MIN_TASKS_FOR_SIZES) return NO_SIZES;
  return readListSizes(snapshot, new Set(terms.map(({ term }) => term)), total);
}

/** Each different prompt of some tasks, in their order. */
async function* readNearPrompts(
  snapshot: Snapshot,
  keys: readonly number[],
  within: TaskLimits | undefined,
): AsyncGenerator<NearPrompt> {
  const seen = new Set<string>();
  for (let from = 0; from < keys.length; from += CHUNK) {
    const chunk = keys.slice(from, from + CHUNK);
    const hashes = await readPromptHashes(snapshot, chunk);
    const fresh: number[] = [];
    for (const key of chunk) {
      const hash = hashes.get(key);
      if (hash === undefined || seen.has(hash)) continue;
      seen.add(hash);
      fresh.push(key);
    }
    const spans = await readPromptSpans(snapshot, fresh, within);
    const found = fresh.map((key) => spans.get(key)).filter((span) => span !== undefined);
    const firstUses = new Map(found.map(({ newest, firstUsedMs }) => [newest, firstUsedMs]));
    for await (const { task: key, ...task } of readTasks(snapshot, [...firstUses.keys()]))
      yield { task, firstUsedMs: firstUses.get(key) ?? 0 };
  }
}
