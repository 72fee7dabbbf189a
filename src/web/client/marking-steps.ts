/** Divides many tasks into requests. */
import type { MarkResult, TilePage } from '../view/data.ts';
import { type Api, ApiFailure } from './api.ts';
import { describeSelected, type Selected } from './selected.ts';

/** Hits of one page. */
const PAGE = 100;
/** Tasks of one request: as many as the mirror takes. */
const MAX_IDS = 5000;
/** Tasks of one request that undoes: their notes and tags must fit into it. */
const UNDO_STEP = 200;

/** Requests, each of which may depend on the answer to the one before. */
export type MarkSteps = AsyncGenerator<object, void, MarkResult> | Generator<object, void, MarkResult>;

/**
 * Marks what is selected: a search goes on where the answer before ended.
 * @param listIds of the search: its exceptions may be too many for a request
 */
export async function* listMarkSteps(
  selected: Selected,
  marks: object,
  listIds: () => Promise<readonly string[]>,
): AsyncGenerator<object, void, MarkResult> {
  if (!selected.search || selected.ids.length > MAX_IDS) {
    const ids = selected.search ? await listIds() : selected.ids;
    for (const some of splitList(ids, MAX_IDS)) yield { ids: some, marks };
    return;
  }
  const search = { ...describeSelected(selected), marks };
  let answer = yield search;
  while (answer.next_cursor !== null && answer.remaining > 0)
    answer = yield { ...search, count: answer.remaining, cursor: answer.next_cursor };
}

/** Takes a change back. */
export function* listUndoSteps(items: Undo): Generator<object, void, MarkResult> {
  for (const some of splitUndo(items, UNDO_STEP)) yield { items: some };
}

export function splitList<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size));
  return parts;
}

type Undo = MarkResult['before'];

/** Divides what takes a change back. @param size tasks of one part */
export function splitUndo(items: Undo, size: number): Undo[] {
  const parts: Undo[] = [];
  let left = 0;
  for (const { ids, marks } of items)
    for (const some of splitList(ids, size)) {
      const part = some.length <= left ? parts.at(-1) : undefined;
      if (part) part.push({ ids: some, marks });
      else parts.push([{ ids: some, marks }]);
      left = (part ? left : size) - some.length;
    }
  return parts;
}

/**
 * The ids that a search matches, but for those that are left out.
 * @param onProgress called with the number of matches that have been read
 * @throws ApiFailure 409 when it matches another number by now
 */
export async function listAllIds(
  api: Pick<Api, 'get'>,
  { search = {}, ids, found }: Selected,
  onProgress: (done: number) => void,
): Promise<string[]> {
  const params = new URLSearchParams({ sort: 'oldest', fields: 'tile', limit: String(PAGE) });
  for (const [name, values] of Object.entries(search)) for (const value of values) params.append(name, value);
  const all: string[] = [];
  let cursor: string | null = null;
  do {
    if (cursor !== null) params.set('cursor', cursor);
    const page: TilePage = await api.get<TilePage>('api/search', params);
    all.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor;
    onProgress(all.length);
  } while (cursor !== null && all.length <= found);
  if (all.length !== found) throw new ApiFailure(409, 'conflict', `the search matches ${all.length} tasks`);
  const except = new Set(ids);
  return all.filter((id) => !except.has(id));
}
