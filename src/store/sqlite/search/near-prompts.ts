/** The prompts among which the edits of one are looked for: those that are likely to be the most similar. Nothing is stored for it. */
import { listTellingPhrases, type TellingPhrase } from '../../../search/edits/telling-phrases.ts';
import { extractTerms } from '../../../search/terms.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import {
  EDIT_LIMIT,
  MAX_PAGE_CHARACTERS,
  type NearPrompt,
  type NearPrompts,
  type SearchStore,
} from '../../contract/search.ts';
import type { StoredTask } from '../../contract/tasks.ts';
import type { Sqlite } from '../database.ts';
import type { Synchronous } from '../synchronous.ts';
import { STORED_TASK } from '../task-statements.ts';
import { readListSizes } from './list-sizes.ts';
import { findNearCandidates } from './near-candidates.ts';
import { createSpanReader } from './prompt-uses.ts';
import type { IndexState } from './search.ts';
import { readRuns, readSourcePrompt } from './source-prompt.ts';

/** Tasks that are wanted for EDIT_LIMIT different prompts. */
const CANDIDATE_ROWS = 2 * EDIT_LIMIT;
/** Of a prompt, from which its phrases are taken. */
const MAX_PHRASE_CHARACTERS = 2000;

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
      const candidates = findNearCandidates(db, {
        ...{ phrases: findPhrases(db, source.prompt, within), position: source.position },
        without: readRuns(db, source.position, within),
        filter: within ? { within } : {},
        ...{ maxDisplacement, limit: CANDIDATE_ROWS },
      });
      const { prompts, isCutShort } = takePrompts(readPrompts(candidates, within));
      return {
        firstUsedMs: createSpanReader(db, within)(source.position)?.firstUsedMs ?? source.createdAtMs,
        prompts,
        ...{ isCutShort, indexedFromMs },
      };
    },
  };
}

/** At most EDIT_LIMIT. */
function takePrompts(prompts: Iterable<NearPrompt>): Pick<NearPrompts, 'prompts' | 'isCutShort'> {
  const taken: NearPrompt[] = [];
  let size = 0;
  for (const prompt of prompts) {
    size += prompt.task.text.length;
    if (size > MAX_PAGE_CHARACTERS && taken.length > 0) return { prompts: taken, isCutShort: true };
    taken.push(prompt);
    if (taken.length >= EDIT_LIMIT) break;
  }
  return { prompts: taken, isCutShort: false };
}

function findPhrases(db: Sqlite, prompt: string, within: TaskLimits | undefined): TellingPhrase[] {
  const terms = extractTerms(prompt, MAX_PHRASE_CHARACTERS);
  // The sizes are those of all tasks, which must not show to a caller with limits.
  const sizes = within ? undefined : readListSizes(db, new Set(terms.map(({ term }) => term)));
  return listTellingPhrases(terms, (term) => sizes?.get(term) ?? 1);
}
