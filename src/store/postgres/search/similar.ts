/** Similar prompts: candidates that share rare words with a task's prompt, compared with it one by one. Nothing is stored for it. */
import { extractFeatures } from '../../../search/similar/features.ts';
import { createProfile, type Profile } from '../../../search/similar/profile.ts';
import { computeSimilarity } from '../../../search/similar/similarity.ts';
import {
  MAX_PAGE_CHARACTERS,
  type PromptGroup,
  SIMILAR_LIMIT,
  type SimilarHit,
  type SimilarRequest,
  type SimilarTasks,
} from '../../contract/search.ts';
import {
  type ComparedPrompt,
  createSimilarHit,
  MAX_CANDIDATE_ROWS,
  rankCompared,
} from '../../rules/similar-ranking.ts';
import type { Snapshot } from '../snapshot.ts';
import { findArtifacts } from './artifacts.ts';
import { readCandidates } from './candidate-prompts.ts';
import { findCandidates } from './close-candidates.ts';
import { readPromptGroups } from './prompt-groups.ts';
import { readTasksById } from './read-tasks.ts';
import { readIndexedFrom } from './reindex.ts';
import { compileSearch } from './search-sql.ts';
import { readRuns, readSourcePrompt } from './source-prompt.ts';
import { planWithVocabulary } from './vocabulary.ts';

/** Prompts whose groups are read at a time: most requests want no more. */
const GROUPS = 50;

/** @returns undefined if there is no such task within the limits */
export async function findSimilarTasks(
  snapshot: Snapshot,
  request: SimilarRequest,
): Promise<SimilarTasks | undefined> {
  const { id, filter } = request;
  const source = await readSourcePrompt(snapshot, id, filter.within);
  if (!source) return undefined;
  const indexedFromMs = await readIndexedFrom(snapshot);
  const { prompt, task } = source;
  if (prompt.trim() === '') return { hits: [], weighed: 0, isCutShort: false, indexedFromMs };
  const own = await readRuns(snapshot, task, filter.within);
  const profile = await planWithVocabulary(snapshot, filter.within, (vocabulary) =>
    createProfile(prompt, vocabulary, own.size),
  );
  const { weighed, similar } = await rankPrompts(snapshot, request, { profile, own });
  const prompts = [{ task, similarity: 1 }, ...similar];
  return { ...(await loadHits(snapshot, request, { profile, prompts })), weighed, indexedFromMs };
}

interface RankedPrompt extends ComparedPrompt {
  /** Key of a task with the prompt. */
  readonly task: number;
}

/** The other prompts, the most similar ones first. */
async function rankPrompts(
  snapshot: Snapshot,
  request: SimilarRequest,
  { profile, own }: { profile: Profile; own: ReadonlySet<number> },
): Promise<{ weighed: number; similar: RankedPrompt[] }> {
  const keys = await findCandidates(snapshot, {
    plan: profile.plan,
    strict: request.query.parts,
    filter: request.filter,
    limit: MAX_CANDIDATE_ROWS,
    without: own,
  });
  const candidates = readCandidates(snapshot, keys, {
    oncePerPrompt: true,
    parsePrompt: (prompt) => computeSimilarity(profile.features, extractFeatures(prompt), profile),
  });
  const ranked: RankedPrompt[] = [];
  for await (const { task, createdAt, prompt } of candidates) {
    ranked.push({ task, createdAt, similarity: prompt });
    if (ranked.length >= SIMILAR_LIMIT) break;
  }
  return { weighed: ranked.length, similar: rankCompared(ranked, (a, b) => b.task - a.task) };
}

async function loadHits(
  snapshot: Snapshot,
  { id, query, filter, limit, groupByPrompt }: SimilarRequest,
  { profile, prompts }: { profile: Profile; prompts: readonly Pick<RankedPrompt, 'task' | 'similarity'>[] },
): Promise<{ hits: SimilarHit[]; isCutShort: boolean }> {
  const sql = compileSearch(query, filter, await findArtifacts(snapshot, query));
  const hits: SimilarHit[] = [];
  let size = 0;
  for (let from = 0; from < prompts.length && hits.length < limit; from += GROUPS) {
    const some = prompts.slice(from, from + GROUPS);
    const keys = some.map(({ task }) => task);
    const groups = await readPromptGroups(snapshot, sql, keys, { without: id });
    const wanted = groups.flatMap((group, at) =>
      listTasks(group, groupByPrompt ? 1 : limit).map((task) => ({
        ...{ id: task.id, similarity: some[at]?.similarity ?? 0, group: groupByPrompt ? group : undefined },
      })),
    );
    const left = wanted.slice(0, limit - hits.length);
    const tasks = await readTasksById(
      snapshot,
      left.map((task) => task.id),
    );
    for (const { id: found, ...more } of left) {
      snapshot.checkInterrupt();
      const task = tasks.get(found);
      if (!task) continue;
      size += task.text.length;
      if (size > MAX_PAGE_CHARACTERS && hits.length > 0) return { hits, isCutShort: true };
      hits.push(createSimilarHit(task, { profile, ...more }));
    }
  }
  return { hits, isCutShort: false };
}

function listTasks(group: PromptGroup | undefined, limit: number): PromptGroup['tasks'] {
  return group?.tasks.slice(0, limit) ?? [];
}
