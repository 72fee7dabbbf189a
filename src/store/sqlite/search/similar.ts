/** Similar prompts: candidates that share rare words with a task's prompt, compared with it one by one. Nothing is stored for it. */
import { extractFeatures } from '../../../search/similar/features.ts';
import { createProfile, type Profile } from '../../../search/similar/profile.ts';
import { computeSimilarity } from '../../../search/similar/similarity.ts';
import {
  MAX_PAGE_CHARACTERS,
  type SearchStore,
  SIMILAR_LIMIT,
  type SimilarHit,
  type SimilarRequest,
} from '../../contract/search.ts';
import type { StoredTask } from '../../contract/tasks.ts';
import {
  type ComparedPrompt,
  createSimilarHit,
  MAX_CANDIDATE_ROWS,
  rankCompared,
} from '../../rules/similar-ranking.ts';
import type { Sqlite } from '../database.ts';
import type { Synchronous } from '../synchronous.ts';
import { STORED_TASK } from '../task-statements.ts';
import { readCandidates } from './candidate-prompts.ts';
import { findCandidates } from './close-candidates.ts';
import { openVocabulary } from './open-vocabulary.ts';
import { readPromptGroup } from './prompt-groups.ts';
import type { IndexState } from './search.ts';
import { compileSearch } from './search-sql.ts';
import { readRuns, readSourcePrompt } from './source-prompt.ts';

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
      const source = readSourcePrompt(db, id, filter.within);
      if (!source) return undefined;
      const { prompt } = source;
      if (prompt.trim() === '') return { hits: [], weighed: 0, isCutShort: false, indexedFromMs };

      const own = readRuns(db, source.position, filter.within);
      const vocabulary = openVocabulary(db, filter.within, maxDisplacement);
      const profile = createProfile(prompt, vocabulary, own.size);
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
          hits.push(
            createSimilarHit(task, { profile, similarity, group: groupByPrompt ? group : undefined }),
          );
        }
        if (hits.length >= limit) break;
      }
      return { hits, weighed, isCutShort: false, indexedFromMs };
    },
  };
}

interface RankedPrompt extends ComparedPrompt {
  /** Of a task with the prompt. */
  readonly position: number;
}

/** The other prompts, the most similar ones first. */
function rankPrompts(
  db: Sqlite,
  { query, filter }: SimilarRequest,
  { profile, own, maxDisplacement }: { profile: Profile; own: ReadonlySet<number>; maxDisplacement: number },
): { weighed: number; similar: RankedPrompt[] } {
  const candidates = findCandidates(db, {
    plan: profile.plan,
    strict: query.parts,
    filter,
    maxDisplacement,
    limit: MAX_CANDIDATE_ROWS,
    without: own,
  });
  const found = readCandidates(db, candidates, {
    oncePerPrompt: true,
    parsePrompt: (prompt) => computeSimilarity(profile.features, extractFeatures(prompt), profile),
  });
  const ranked: RankedPrompt[] = [];
  for (const { position, createdAt, prompt } of found) {
    ranked.push({ position, createdAt, similarity: prompt });
    if (ranked.length >= SIMILAR_LIMIT) break;
  }
  return { weighed: ranked.length, similar: rankCompared(ranked, (a, b) => b.position - a.position) };
}
