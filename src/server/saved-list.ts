/** The saved searches that a caller may see, with what is new in each of them: for the API and for the page. */
import { ApiError } from '../lib/api-error.ts';
import type { NewHits } from '../store/contract/saved-query.ts';
import type { SavedSearch } from '../store/contract/saved-searches.ts';
import { serializeSavedListItem } from '../views/saved-json.ts';
import type { SavedSearchList } from '../views/saved-schema.ts';
import { getPublicUrl } from './connections/public-url.ts';
import type { ServerContext, ServerDeps } from './deps.ts';
import { describeAskedBy } from './search/respond.ts';

export type SavedListDeps = Pick<ServerDeps, 'config' | 'store' | 'listing' | 'clock'>;

export interface ListedSearch {
  readonly item: SavedSearchList['items'][number];
  /** Of the saved search, for `If-Match`. */
  readonly version: number;
}

/** @param budgetMs when it is used up, the rest is not counted */
export async function readSavedList(
  c: ServerContext,
  deps: SavedListDeps,
  budgetMs: number,
): Promise<ListedSearch[]> {
  const { config, store, clock } = deps;
  const untilMs = clock.now() + budgetMs;
  const feedUrl = findFeedUrl(c, config);
  const list: ListedSearch[] = [];
  for (const saved of await store.savedSearches(c.get('access').limits)) {
    const hits = clock.now() < untilMs ? await countNew(c, deps, saved) : undefined;
    list.push({ item: serializeSavedListItem(saved, feedUrl, hits), version: saved.version });
  }
  return list;
}

/** The public address before that of a feed. Undefined for a token that may only read: a key would outlive it. */
export function findFeedUrl(c: ServerContext, config: ServerDeps['config']): string | undefined {
  return c.get('access').isReadOnly ? undefined : getPublicUrl(config, c.env.incoming);
}

/** @returns undefined when it takes too long */
async function countNew(
  c: ServerContext,
  { listing, clock }: SavedListDeps,
  saved: SavedSearch,
): Promise<NewHits | undefined> {
  const question = { route: 'new-hits', saved, sinceMs: saved.visitedAtMs, nowMs: clock.now() } as const;
  try {
    return await listing.answer(question, () => !c.env.outgoing.destroyed, describeAskedBy(c));
  } catch (error) {
    if (error instanceof ApiError && error.status === 503) return undefined;
    throw error;
  }
}
