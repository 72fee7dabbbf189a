/** Reads which tasks a request is about: some ids, or everything that a search matches exactly. */
import { type ApiError, createBadRequest } from '../../lib/api-error.ts';
import { type Cursor, decodeCursor } from '../../search/cursor.ts';
import type { Collection } from '../../store/contract/collections.ts';
import { parseTaskId, type TaskId } from '../../task/id.ts';
import { readIntegerParam } from '../query-params.ts';
import { MATCH_PARAMS } from '../search/matches.ts';

export interface IdSelection {
  readonly kind: 'ids';
  /** Without duplicates. */
  readonly ids: readonly TaskId[];
  /** Of a collection: they are in its order, and it shows only those within its limits. */
  readonly collection?: Pick<Collection, 'name' | 'limits'>;
}

export interface SearchSelection {
  readonly kind: 'search';
  /** The parameters of the search, as a query string. */
  readonly query: string;
  /** How many tasks the caller believes it matches. */
  readonly count: number;
  /** Tasks that are left out although they match. */
  readonly except: ReadonlySet<TaskId>;
  /** Where an earlier request ended: `count` is what it said to remain, and is not checked, as what was changed may match no more. */
  readonly after?: Cursor;
}

export type Selection = IdSelection | SearchSelection;

/** A page selects what it shows; more ids come in several requests. */
export const MAX_IDS = 5000;
/** The order of `findMatches`. */
const SELECTION_SORT = 'oldest';
/** Parameters of a search that decide only how its matches are shown. */
const ARRANGEMENT = ['sort', 'group', 'limit', 'partial'];

/**
 * @param known other fields of the route
 * @throws ApiError 400; also for a field that is not known, because without a filter that was meant, more is selected
 */
export function readSelection(fields: URLSearchParams, known: readonly string[] = []): Selection {
  if (fields.has('ids')) return { kind: 'ids', ids: readIds(fields, known) };
  refuseOthers(fields, [...MATCH_PARAMS, ...ARRANGEMENT, ...known, 'count', 'except', 'match', 'tz']);
  if ((fields.get('match') || 'exact') !== 'exact')
    throw createBadRequest('"match" can only be exact here: close matches are not selected');
  if (!fields.get('count')) throw createNothingSelected();
  const count = readIntegerParam(fields, 'count', { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
  const search = [...fields].filter(([name]) => MATCH_PARAMS.includes(name));
  return {
    kind: 'search',
    query: new URLSearchParams(search).toString(),
    count,
    except: new Set(readIdList(fields, 'except')),
    ...readStart(fields),
  };
}

/** @throws ApiError 400 */
function readStart(fields: URLSearchParams): Pick<SearchSelection, 'after'> {
  const text = fields.get('cursor') ?? '';
  if (text === '') return {};
  const after = decodeCursor(text, SELECTION_SORT);
  if (!after) throw createBadRequest('"cursor" must be the next_cursor of the request before');
  return { after };
}

function readIds(fields: URLSearchParams, known: readonly string[]): TaskId[] {
  refuseOthers(fields, ['ids', ...known, 'tz']);
  const ids = readIdList(fields, 'ids');
  // Only empty texts are what an empty list is.
  if (ids.length === 0) throw createNothingSelected();
  return ids;
}

function createNothingSelected(): ApiError {
  return createBadRequest('either "ids" or a search with its exact "count" must be given');
}

/** Without duplicates. */
function readIdList(fields: URLSearchParams, name: string): TaskId[] {
  const texts = fields
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (texts.length > MAX_IDS)
    throw createBadRequest(`"${name}" has ${texts.length} ids; at most ${MAX_IDS} are allowed`);
  return [...new Set(texts)].map((text) => {
    const id = parseTaskId(text);
    if (id === undefined) throw createBadRequest(`each of "${name}" must have 1 to 128 characters`);
    return id;
  });
}

/** Of fields that belong to no selection. @throws ApiError 400 */
export function refuseOthers(fields: URLSearchParams, known: readonly string[]): void {
  const other = [...fields.keys()].find((name) => !known.includes(name));
  if (other !== undefined)
    throw createBadRequest(`${JSON.stringify(other.slice(0, MAX_SHOWN_NAME))} is no field here`);
}

/** Of a name in an error message. */
const MAX_SHOWN_NAME = 64;
