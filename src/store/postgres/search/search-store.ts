/** The search over prompts. */
import type { Clock } from '../../../lib/clock.ts';
import type { ActivityStore } from '../../contract/activity.ts';
import type { FacetRequest, HistogramRequest, SearchStore } from '../../contract/search.ts';
import type { WallStore } from '../../contract/wall.ts';
import { CHEAP_MS, FEW_TASKS } from '../../rules/count-book.ts';
import { createSuggestionRequest, suggestWords } from '../../rules/suggest-within.ts';
import { countTasks } from '../counts.ts';
import type { Postgres } from '../database.ts';
import { readSnapshot, type Snapshot } from '../snapshot.ts';
import { sumActivity } from './activity.ts';
import { createCountCache, NO_COUNT_CACHE } from './count-cache.ts';
import { findEditChain } from './edit-chain.ts';
import { countFacets, countHistogram } from './facets.ts';
import { findMatching } from './matching.ts';
import { findNearPrompts } from './near-prompts.ts';
import { readIndexedFrom } from './reindex.ts';
import { findSamePrompt } from './same-prompt.ts';
import { searchPrompts } from './search.ts';
import { findSimilarTasks } from './similar.ts';
import { findPlace, layOutMonth } from './wall.ts';
import type { WordStore } from './words.ts';

interface SearchDeps {
  readonly clock: Clock;
  readonly words: WordStore;
  /** Whether facets and histograms are kept until another process has changed something. */
  readonly keepsCounts: boolean;
  /** Throws when what is read is to end. */
  readonly checkInterrupt?: (() => void) | undefined;
}

export function createSearchStore(
  db: Postgres,
  { clock, words, keepsCounts, checkInterrupt }: SearchDeps,
): Omit<SearchStore, 'reindexSome'> & WallStore & ActivityStore {
  const isCheap = async (tookMs: number) => tookMs < CHEAP_MS || (await countTasks(db)) <= FEW_TASKS;
  const cache = keepsCounts ? createCountCache(db, isCheap) : NO_COUNT_CACHE;
  const readPage = <T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> =>
    readSnapshot(db, { checkInterrupt, reads: 'pages' }, work);
  const readTotals = <T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> =>
    readSnapshot(db, { checkInterrupt, reads: 'totals' }, work);
  const search: SearchStore['search'] = (request) => readPage((snapshot) => searchPrompts(snapshot, request));
  return {
    search,
    facets: cache.wrap(
      'facets',
      ({ query, filter, by, timeZone, only }: FacetRequest) => [query.parts, filter, by, timeZone, only],
      async (request) => {
        const countedAtMs = clock.now();
        return { ...(await readTotals((snapshot) => countFacets(snapshot, request))), countedAtMs };
      },
    ),
    histogram: cache.wrap(
      'histogram',
      ({ query, filter, by, timeZone, groupByPrompt }: HistogramRequest) => [
        ...[query.parts, filter, by, timeZone, groupByPrompt],
      ],
      async (request) => {
        const countedAtMs = clock.now();
        return readTotals(async (snapshot) => ({
          bars: await countHistogram(snapshot, request),
          countedAtMs,
          indexedFromMs: await readIndexedFrom(snapshot),
        }));
      },
    ),
    mergeIndexSome: async () => false, // PostgreSQL does it by itself, see gin_pending_list_limit
    isRecountDue: cache.isRecountDue,
    recount: cache.recount,
    layout: (request) => readTotals((snapshot) => layOutMonth(snapshot, request)),
    place: (request) => readPage((snapshot) => findPlace(snapshot, request)),
    activity: (request) => readTotals((snapshot) => sumActivity(snapshot, request)),
    findSimilar: (request) => readPage((snapshot) => findSimilarTasks(snapshot, request)),
    findNearPrompts: (id, within) => readPage((snapshot) => findNearPrompts(snapshot, id, within)),
    findSamePrompt: (request) => readPage((snapshot) => findSamePrompt(snapshot, request)),
    findChain: (id, within) => readPage((snapshot) => findEditChain(snapshot, id, within)),
    findMatching: (request) => readPage((snapshot) => findMatching(snapshot, request)),
    suggest: async (prefix, limit, within) =>
      within
        ? suggestWords(await search(createSuggestionRequest(within, prefix)), prefix, limit)
        : words.suggest(prefix, limit),
  };
}
