/** Reads which tasks a request is about: some ids, or everything that a search matches exactly. */
import { createBadRequest } from '../../lib/api-error.ts';
import { parseTaskId, type TaskId } from '../../task/id.ts';
import { readIntegerParam } from '../query-params.ts';
import { MATCH_PARAMS } from '../search/matches.ts';

export interface IdSelection {
  readonly kind: 'ids';
  /** Without duplicates. */
  readonly ids: readonly TaskId[];
}

export interface SearchSelection {
  readonly kind: 'search';
  /** The parameters of the search, as a query string. */
  readonly query: string;
  /** How many tasks the caller believes it matches. */
  readonly count: number;
}

export type Selection = IdSelection | SearchSelection;

/** A page selects what it shows; more ids come in several requests. */
export const MAX_IDS = 5000;
/** Parameters of a search that decide only how its matches are shown. */
const ARRANGEMENT = ['sort', 'group', 'limit', 'partial'];

/**
 * @param known other fields of the route
 * @throws ApiError 400; also for a field that is not known, because without a filter that was meant, more is selected
 */
export function readSelection(fields: URLSearchParams, known: readonly string[] = []): Selection {
  if (fields.has('ids')) return { kind: 'ids', ids: readIds(fields, known) };
  refuseOthers(fields, [...MATCH_PARAMS, ...ARRANGEMENT, ...known, 'count', 'match', 'tz']);
  if ((fields.get('match') || 'exact') !== 'exact')
    throw createBadRequest('"match" can only be exact here: close matches are not selected');
  if (!fields.get('count'))
    throw createBadRequest('either "ids" or a search with its exact "count" must be given');
  const count = readIntegerParam(fields, 'count', { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
  const search = [...fields].filter(([name]) => MATCH_PARAMS.includes(name));
  return { kind: 'search', query: new URLSearchParams(search).toString(), count };
}

function readIds(fields: URLSearchParams, known: readonly string[]): TaskId[] {
  refuseOthers(fields, ['ids', ...known, 'tz']);
  const texts = fields
    .getAll('ids')
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (texts.length > MAX_IDS)
    throw createBadRequest(`"ids" has ${texts.length} ids; at most ${MAX_IDS} are allowed`);
  return [...new Set(texts)].map((text) => {
    const id = parseTaskId(text);
    if (id === undefined) throw createBadRequest('each of "ids" must have 1 to 128 characters');
    return id;
  });
}

function refuseOthers(fields: URLSearchParams, known: readonly string[]): void {
  const other = [...fields.keys()].find((name) => !known.includes(name));
  if (other !== undefined)
    throw createBadRequest(`${JSON.stringify(other.slice(0, MAX_SHOWN_NAME))} is no field here`);
}

/** Of a name in an error message. */
const MAX_SHOWN_NAME = 64;
