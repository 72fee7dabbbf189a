/** Saved searches as JSON: the same for routes and the command. */
import { formatIsoTime } from '../lib/iso-time.ts';
import type { NewHits } from '../store/contract/saved-query.ts';
import type { SavedSearch } from '../store/contract/saved-searches.ts';
import type { SavedSearchList, SavedSearchView } from './saved-schema.ts';

/** Path prefix of feeds, appended to the public URL. */
export const FEED_PATH = '/feeds';

/** @param publicUrl of the mirror, without a trailing slash; undefined: the addresses of feeds are not shown */
export function serializeSavedSearch(saved: SavedSearch, publicUrl: string | undefined): SavedSearchView {
  const { feedKey, limits } = saved;
  return {
    id: saved.id,
    name: saved.name,
    query: saved.query,
    tz: saved.timeZone ?? null,
    user_ids: [...(limits?.userIds ?? [])],
    application_ids: [...(limits?.applicationIds ?? [])],
    has_feed: feedKey !== undefined,
    feed:
      feedKey === undefined || publicUrl === undefined
        ? null
        : {
            atom: createFeedUrl(publicUrl, saved.name, 'atom', feedKey),
            json: createFeedUrl(publicUrl, saved.name, 'json', feedKey),
          },
    created_at: formatIsoTime(saved.createdAtMs),
    changed_at: formatIsoTime(saved.changedAtMs),
  };
}

/** @param hits undefined if they could not be counted */
export function serializeSavedListItem(
  saved: SavedSearch,
  publicUrl: string | undefined,
  hits: NewHits | undefined,
): SavedSearchList['items'][number] {
  return {
    ...serializeSavedSearch(saved, publicUrl),
    visited_at: formatIsoTime(saved.visitedAtMs),
    new: hits?.total ?? null,
    new_is_exact: hits?.isExact ?? false,
  };
}

/** The name is for people: the key decides. Some proxies decode a slash. */
export function createFeedUrl(publicUrl: string, name: string, format: 'atom' | 'json', key: string): string {
  const file = `${encodeURIComponent(name.replaceAll('/', '-'))}.${format}`;
  return `${publicUrl}${FEED_PATH}/${file}?key=${key}`;
}
