/** Notes that tell callers why an answer is not what they may expect. */
import { formatIsoTime } from '../../lib/iso-time.ts';
import type { SearchPage } from '../../store/contract/search.ts';

/** @param indexedFromMs as in SearchPage */
export function describeIndexGap(indexedFromMs: number | undefined): string[] {
  if (indexedFromMs === undefined) return [];
  const found =
    indexedFromMs === Number.MAX_SAFE_INTEGER
      ? 'nothing'
      : `what was created from ${formatIsoTime(indexedFromMs)} on`;
  return [`the search index is being rebuilt; so far ${found} is found`];
}

export function describeShortPage({ hits, next }: SearchPage, limit: number): string[] {
  if (!next || hits.length >= limit) return [];
  return [describeShortList(hits.length, limit)];
}

export function describeShortList(count: number, limit: number): string {
  return `this page has ${count} of ${limit} tasks, because their documents are large`;
}

/** In the order of time, close matches are not expected. */
export function describeCloseHits({ hits }: SearchPage): string[] {
  return hits.some(({ close }) => close)
    ? ['nothing matches exactly; these come close, the best first, whatever their time']
    : [];
}
