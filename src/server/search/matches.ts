/** What a selection by search matches: how many tasks, and their documents page by page. Runs on a search thread. */
import type { SearchPage } from '../../store/contract/search.ts';
import type { Store } from '../../store/contract/store.ts';
import type { CountAnswer, CountQuestion, MatchesAnswer, MatchesQuestion } from './search-protocol.ts';
import { readSearchTarget, TARGET_PARAMS } from './search-request.ts';

/** The parameters of a search that decide what is selected: without those that only arrange or shorten it. */
export const MATCH_PARAMS: readonly string[] = ['q', ...TARGET_PARAMS];

/** @throws ApiError 400 */
export async function countMatches(
  store: Pick<Store, 'facets'>,
  { query: text, limits, nowMs }: CountQuestion,
): Promise<CountAnswer> {
  const { query, filter, timeZone } = readSearchTarget(
    new URLSearchParams(text),
    limits,
    nowMs,
    MATCH_PARAMS,
  );
  const { total } = await store.facets({ query, filter, by: 'month', timeZone });
  return { total, notes: query.notes };
}

/** Oldest first: what is added meanwhile comes last. @throws ApiError 400 */
export async function findMatches(
  store: Pick<Store, 'search'>,
  { query: text, limits, nowMs, after, limit }: MatchesQuestion,
): Promise<MatchesAnswer> {
  const { query, filter } = readSearchTarget(new URLSearchParams(text), limits, nowMs, MATCH_PARAMS);
  const page: SearchPage = await store.search({
    ...{ query, filter, sort: 'oldest', limit, nowMs },
    ...(after === undefined ? {} : { after }),
  });
  return { tasks: page.hits.map(({ task }) => task), next: page.next };
}
