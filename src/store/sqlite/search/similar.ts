/** Similar prompts: candidates that share rare words with a task's prompt, compared with it one by one. Nothing is stored for it. */
import { extractFeatures } from '../../../search/similar/features.ts';
import {
  createProfile,
  findSharedWords,
  MAX_COUNTED,
  type Profile,
} from '../../../search/similar/profile.ts';
import { computeSimilarity } from '../../../search/similar/similarity.ts';
import { getPrompt } from '../../../task/document.ts';
import type { TaskId } from '../../../task/id.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import {
  EDIT_LIMIT,
  MAX_PAGE_CHARACTERS,
  MIN_SIMILARITY,
  type PromptGroup,
  type SearchStore,
  SIMILAR_LIMIT,
  type SimilarHit,
  type SimilarRequest,
} from '../../contract/search.ts';
import type { StoredTask } from '../../contract/tasks.ts';
import type { Sqlite } from '../database.ts';
import { buildLimitConditions, buildWhereClause, collectParams } from '../filter-sql.ts';
import { buildInterruptConditions } from '../interrupt.ts';
import type { Synchronous } from '../synchronous.ts';
import { STORED_TASK } from '../task-statements.ts';
import { readCandidates } from './candidate-prompts.ts';
import { findCandidates } from './close-candidates.ts';
import { openVocabulary } from './open-vocabulary.ts';
import { readPromptGroup } from './prompt-groups.ts';
import type { IndexState } from './search.ts';
import { compileSearch } from './search-sql.ts';

interface Effort {
  /** Prompts that are compared. */
  readonly prompts: number;
  /** Tasks that are looked at for so many different prompts. */
  readonly rows: number;
  /** Words that are counted to be weighed. */
  readonly words: number;
}

const FULL: Effort = { prompts: SIMILAR_LIMIT, rows: 8 * SIMILAR_LIMIT, words: MAX_COUNTED };
/** Near-duplicates share nearly all words: those that share the most are enough. */
const NEAR: Effort = { prompts: EDIT_LIMIT, rows: 2 * EDIT_LIMIT, words: 40 };

/** @param state as of `createSearchStore` */
export function createSimilarStore(
  db: Sqlite,
  state: () => IndexState,
): Synchronous<Pick<SearchStore, 'findSimilar'>> {
  const load = db.raw.prepare<[string], StoredTask>(`SELECT ${STORED_TASK} FROM tasks WHERE id = ?`);

  return {
    findSimilar: (request) => {
      const { id, query, filter, limit, groupByPrompt } = request;
      const { maxDisplacement, indexedFromMs } = state();
      const source = readSource(db, id, filter.within);
      if (!source) return undefined;
      const prompt = getPrompt(source.document);
      if (prompt.trim() === '') return { hits: [], weighed: 0, isCutShort: false, indexedFromMs };

      const own = readRuns(db, source.position, filter.within);
      const vocabulary = openVocabulary(db, filter.within, maxDisplacement);
      const profile = createProfile(prompt, vocabulary, {
        ownTasks: own.size,
        maxCounted: (request.nearOnly ? NEAR : FULL).words,
      });
      const { weighed, similar } = rankPrompts(db, request, { profile, own, maxDisplacement });
      const sql = compileSearch(db, query, filter, maxDisplacement);
      const hits: SimilarHit[] = [];
      let size = 0;
      for (const { position, similarity } of [{ position: source.position, similarity: 1 }, ...similar]) {
        db.checkInterrupt?.();
        const group = readPromptGroup(db, sql, position, { without: id });
        for (const { id: found } of group.tasks.slice(0, groupByPrompt ? 1 : limit)) {
          if (hits.length >= limit) break;
          const task = load.get(found);
          if (!task) continue;
          size += task.text.length;
          if (size > MAX_PAGE_CHARACTERS && hits.length > 0)
            return { hits, weighed, isCutShort: true, indexedFromMs };
          hits.push(createHit(task, { profile, similarity, group: groupByPrompt ? group : undefined }));
        }
        if (hits.length >= limit) break;
      }
      return { hits, weighed, isCutShort: false, indexedFromMs };
    },
  };
}

interface Source {
  readonly position: number;
  readonly document: string;
}

function readSource(db: Sqlite, id: TaskId, within: TaskLimits | undefined): Source | undefined {
  const conditions = [{ sql: 'tasks.id = ?', params: [id] }, ...buildLimitConditions(within, 'tasks')];
  return db.raw
    .prepare<unknown[], Source>(
      // With limits SQLite would choose the index of users, and read all tasks of the user.
      `SELECT position, document FROM tasks INDEXED BY tasks_id_unique ${buildWhereClause(conditions)}`,
    )
    .get(...collectParams(conditions));
}

/** The positions of the visible tasks with the same prompt. */
function readRuns(db: Sqlite, position: number, within: TaskLimits | undefined): Set<number> {
  const conditions = [
    {
      sql: 'tasks.prompt_hash = (SELECT prompt_hash FROM tasks WHERE position = CAST(? AS INTEGER))',
      params: [position],
    },
    ...buildInterruptConditions(db),
    ...buildLimitConditions(within, 'tasks'),
  ];
  const positions = db.raw
    .prepare<unknown[], number>(
      `SELECT position FROM tasks INDEXED BY tasks_prompt ${buildWhereClause(conditions)}`,
    )
    .pluck()
    .all(...collectParams(conditions));
  return new Set(positions);
}

interface RankedPrompt {
  /** Of a task with the prompt. */
  readonly position: number;
  readonly createdAt: number;
  readonly similarity: number;
}

/** The other prompts, the most similar ones first. */
function rankPrompts(
  db: Sqlite,
  { query, filter, nearOnly = false }: SimilarRequest,
  { profile, own, maxDisplacement }: { profile: Profile; own: ReadonlySet<number>; maxDisplacement: number },
): { weighed: number; similar: RankedPrompt[] } {
  const { prompts, rows } = nearOnly ? NEAR : FULL;
  const candidates = findCandidates(db, {
    plan: profile.plan,
    strict: query.parts,
    filter,
    maxDisplacement,
    limit: rows,
    without: own,
  });
  const found = readCandidates(db, candidates, {
    oncePerPrompt: true,
    parsePrompt: (prompt) => computeSimilarity(profile.features, extractFeatures(prompt), profile),
  });
  const ranked: RankedPrompt[] = [];
  for (const { position, createdAt, prompt } of found) {
    ranked.push({ position, createdAt, similarity: prompt });
    if (ranked.length >= prompts) break;
  }
  const similar = ranked.filter(({ similarity }) => similarity >= MIN_SIMILARITY);
  return { weighed: ranked.length, similar: similar.sort(compareRanked) };
}

/** The most similar first, then newest first. */
function compareRanked(a: RankedPrompt, b: RankedPrompt): number {
  return b.similarity - a.similarity || b.createdAt - a.createdAt || b.position - a.position;
}

function createHit(
  task: StoredTask,
  { profile, similarity, group }: { profile: Profile; similarity: number; group: PromptGroup | undefined },
): SimilarHit {
  const shared = findSharedWords(profile, getPrompt(task.text));
  return { task, similarity, shared, ...(group ? { group } : {}) };
}
