/** What the server puts into the page of saved searches. */
import type { SavedSearchList } from './data.ts';
import type { PageData } from './page-data.ts';
import { EMPTY_VIEW, linkTo } from './url.ts';

/** A saved search, and the version that it was read in, for `If-Match`. */
export type SavedItem = SavedSearchList['items'][number] & { readonly etag: string };

export interface SavedContent {
  /** In the order of their names; undefined: they could not be read. */
  readonly items: readonly SavedItem[] | undefined;
  /** The query of the search that is to be saved; empty: none yet. */
  readonly query: string;
}

export interface SavedPageData extends PageData {
  readonly content: SavedContent;
}

/** What a reader says of a saved search. */
export interface SavedFields {
  readonly name: string;
  readonly query: string;
}

/** Its hits on the wall, the new ones first: in the order of time, what matches only closely is left out, as it is not counted. */
export function linkToHits({ query, tz }: Pick<SavedItem, 'query' | 'tz'>): string {
  return linkTo({ ...EMPTY_VIEW, q: query, tz: tz ?? '', sort: 'newest' });
}
