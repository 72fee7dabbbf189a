/** What the server puts into the pages of collections, and how their addresses say which one is shown. */
import type { CollectionData, CollectionEntry } from './data.ts';
import type { PageData } from './page-data.ts';

/** A collection with its first tasks, or those behind a cursor. */
export interface OpenCollection {
  readonly collection: CollectionData;
  /** For `If-Match`. */
  readonly etag: string;
  readonly tasks: readonly CollectionEntry[];
  readonly nextCursor: string | null;
  /** Whether the page begins in the middle, as without a script. */
  readonly isContinued: boolean;
}

export type CollectionsContent =
  | { readonly kind: 'list'; readonly items: readonly CollectionData[] }
  | { readonly kind: 'one'; readonly open: OpenCollection }
  /** There is no such collection for this reader. */
  | { readonly kind: 'missing' }
  /** The store can't be read. @property id the collection that was asked for; empty: all of them */
  | { readonly kind: 'failed'; readonly id: string };

export interface CollectionsPageData extends PageData {
  readonly content: CollectionsContent;
}

/** Tasks of a page of a collection. */
export const COLLECTION_PAGE_SIZE = 100;

/** @param cursor where its page begins */
export function linkToCollection(id: string, cursor?: string): string {
  return `./collections?${new URLSearchParams({ id, ...(cursor === undefined ? {} : { cursor }) })}`;
}

/** Those whose names have all words of a text, whatever their case. */
export function filterCollections<T extends Pick<CollectionData, 'name'>>(
  collections: readonly T[],
  text: string,
): readonly T[] {
  const words = foldText(text).split(/\s+/u);
  return collections.filter(({ name }) => words.every((word) => foldText(name).includes(word)));
}

/** Whether two names are one, as far as the page can tell: the mirror decides. */
export function isSameName(a: string, b: string): boolean {
  return foldText(a).replace(/\s+/gu, ' ') === foldText(b).replace(/\s+/gu, ' ');
}

function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}
