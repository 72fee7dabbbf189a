/** Where a page of a search starts: after the page before it, at a date, or at the first match. */
import { createBadRequest } from '../../lib/api-error.ts';
import { type Cursor, createEdgeCursor, decodeCursor } from '../../search/cursor.ts';
import { parseDate } from '../../search/dates.ts';
import type { QueryContext } from '../../search/fields.ts';
import type { SortOrder } from '../../store/contract/search.ts';

export interface PageStart {
  /** Absent: at the first match. */
  readonly after?: Cursor;
  /** Whether it is the first page. */
  readonly isFirst: boolean;
  readonly notes: readonly string[];
}

/**
 * Reads `cursor` and `at`.
 * @throws ApiError 400 for a cursor of another search, or an invalid date
 */
export function readPageStart(params: URLSearchParams, sort: SortOrder, context: QueryContext): PageStart {
  const cursor = params.get('cursor');
  const at = params.get('at');
  if (cursor) return { after: readCursor(cursor, sort), isFirst: false, notes: [] };
  if (!at) return { isFirst: true, notes: [] };
  const range = parseDate(at, context.timeZone, context.nowMs);
  if (!range) throw createBadRequest('"at" is not a date that is understood; try 2026-03, 2026-03-14 or 7d');
  if (sort === 'relevance')
    return { isFirst: true, notes: ['"at" was ignored, because the best matches come first'] };
  const after = createEdgeCursor(sort, sort === 'newest' ? range.toMs : range.fromMs);
  return { after, isFirst: true, notes: [] };
}

function readCursor(text: string, sort: SortOrder): Cursor {
  const cursor = decodeCursor(text, sort);
  if (!cursor) throw createBadRequest('"cursor" is not one of this search; leave it out to start anew');
  return cursor;
}
