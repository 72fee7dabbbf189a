/** Reads saved searches in request bodies. */
import * as z from 'zod';
import { createBadRequest } from '../lib/api-error.ts';
import { isTimeZone } from '../search/dates.ts';
import { MAX_QUERY_CHARACTERS } from '../search/query-budget.ts';
import { readSavedQuery } from '../store/contract/saved-query.ts';
import type { SavedSearch, SavedSearchChange } from '../store/contract/saved-searches.ts';
import { parseBody, readName } from './body-schema.ts';

const members = {
  name: z.string(),
  query: z.string().max(MAX_QUERY_CHARACTERS).meta({ description: 'as `q` of /api/search' }),
  tz: z
    .string()
    .refine(isTimeZone, 'it must be an IANA time zone such as Europe/Berlin')
    .nullable()
    .meta({ description: 'time zone of its dates; null: that of the mirror' }),
};

export const newSavedSearchSchema = z.strictObject({ ...members, tz: members.tz.optional() });
export const savedSearchChangeSchema = z.strictObject(members).partial();

/** @throws ApiError 400; also for a query of which a part was not understood, because it would find something else than was meant */
export function readNewSavedSearch(
  body: unknown,
  nowMs: number,
): Pick<SavedSearch, 'name' | 'query' | 'timeZone'> {
  const { name, query, tz } = parseBody(newSavedSearchSchema, body);
  const timeZone = tz ?? undefined;
  checkQuery(query, timeZone, nowMs);
  return { name: readName(name), query, timeZone };
}

/** @throws ApiError 400 as `readNewSavedSearch` */
export function readSavedSearchChange(body: unknown, nowMs: number): SavedSearchChange {
  const { name, query, tz } = parseBody(savedSearchChangeSchema, body);
  if (query !== undefined) checkQuery(query, tz ?? undefined, nowMs);
  return {
    ...(name === undefined ? {} : { name: readName(name) }),
    ...(query === undefined ? {} : { query }),
    ...(tz === undefined ? {} : { timeZone: tz ?? undefined }),
  };
}

function checkQuery(query: string, timeZone: string | undefined, nowMs: number): void {
  const [note] = readSavedQuery({ query, timeZone, limits: undefined }, nowMs).query.notes;
  if (note !== undefined) throw createBadRequest(`the search was not saved: ${note}`);
}
