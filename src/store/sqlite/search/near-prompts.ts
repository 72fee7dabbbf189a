/** The prompts among which the edits of one are looked for: those that are likely to be the most similar. Nothing is stored for it. */
import type { Term } from '../../../search/terms.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import type { NearPrompt, SearchStore } from '../../contract/search.ts';
import type { StoredTask } from '../../contract/tasks.ts';
import { findNearCandidates } from '../../rules/near-candidates.ts';
import {
  createNearPromptTaker,
  extractPhraseTerms,
  listNearPhrases,
  MAX_NEAR_ROWS,
  MIN_TASKS_FOR_SIZES,
  NO_SIZES,
} from '../../rules/near-prompts.ts';
import { answerNow } from '../../rules/questions.ts';
import { countTasks } from '../counts.ts';
import type { Sqlite } from '../database.ts';
import type { Synchronous } from '../synchronous.ts';
import { STORED_TASK } from '../task-statements.ts';
import { answerQuestion, type CandidateSearch } from './close-candidates.ts';
import { readListSizes } from './list-sizes.ts';
import { createSpanReader } from './prompt-uses.ts';
import type { IndexState } from './search.ts';
import { readRuns, readSourcePrompt, type SourcePrompt } from './source-prompt.ts';

/** @param state as of `createSearchStore` */
export function createNearPromptStore(
  db: Sqlite,
  state: () => IndexState,
): Synchronous<Pick<SearchStore, 'findNearPrompts'>> {
  const findHash = db.raw
    .prepare<[number], string>('SELECT hex(prompt_hash) FROM tasks WHERE position = CAST(? AS INTEGER)')
    .pluck();
  const load = db.raw.prepare<[string], StoredTask>(`SELECT ${STORED_TASK} FROM tasks WHERE id = ?`);

  /** Each different prompt of some tasks, in their order. */
  function* readPrompts(positions: readonly number[], within: TaskLimits | undefined): Generator<NearPrompt> {
    const readSpan = createSpanReader(db, within);
    const seen = new Set<string>();
    for (const position of positions) {
      db.checkInterrupt?.();
      const hash = findHash.get(position);
      if (hash === undefined || seen.has(hash)) continue;
      seen.add(hash);
      const span = readSpan(position);
      const task = span && load.get(span.newestId);
      if (task) yield { task, firstUsedMs: span.firstUsedMs };
    }
  }

  return {
    findNearPrompts: (id, within) => {
      const { maxDisplacement, indexedFromMs } = state();
      const source = readSourcePrompt(db, id, within);
      if (!source) return undefined;
      const taker = createNearPromptTaker();
      for (const prompt of readPrompts(findCandidates(db, source, { within, maxDisplacement }), within))
        if (!taker.take(prompt)) break;
      return {
        firstUsedMs: createSpanReader(db, within)(source.position)?.firstUsedMs ?? source.createdAtMs,
        ...taker.finish(),
        indexedFromMs,
      };
    },
  };
}

function readSizes(db: Sqlite, terms: readonly Term[]): ReadonlyMap<string, number> {
  if (countTasks(db) < MIN_TASKS_FOR_SIZES) return NO_SIZES;
  return readListSizes(db, new Set(terms.map(({ term }) => term)));
}

/** @returns the positions of tasks, those with the most similar prompts first */
function findCandidates(
  db: Sqlite,
  { position, prompt }: SourcePrompt,
  { within, maxDisplacement }: { within: TaskLimits | undefined; maxDisplacement: number },
): number[] {
  const terms = extractPhraseTerms(prompt);
  // The sizes are those of all tasks, which must not show to a caller with limits.
  const sizes = within ? undefined : readSizes(db, terms);
  const search: CandidateSearch = { strict: [], filter: within ? { within } : {}, maxDisplacement };
  const work = findNearCandidates({
    ...{ phrases: listNearPhrases(terms, sizes), source: position, limit: MAX_NEAR_ROWS },
    without: readRuns(db, position, within),
    getPlace: (key) => key,
  });
  return answerNow(work, (question) => answerQuestion(db, search, question));
}
