/** Tells callers which of their query parameters a route of ours does not have. */
import type { MiddlewareHandler } from 'hono';
import type { ServerEnv } from './deps.ts';
import { getQueryParams, noteUnknownParams } from './query-params.ts';
import { ACTIVITY_PARAMS } from './search/activity-answer.ts';

/** In responses that have no `notes`. */
export const NOTES_HEADER = 'x-flux-mirror-notes';

/** Query parameters by route; the others have none. */
const PARAMS: readonly (readonly [path: RegExp, names: readonly string[]])[] = [
  [/^\/api\/events$/, ['tz']],
  [/^\/api\/images\/failing$/, ['limit']],
  [/^\/api\/suggest$/, ['q', 'limit']],
  [/^\/api\/tags$/, ['prefix', 'limit']],
  [/^\/api\/collections$/, ['task']],
  [/^\/api\/collections\/[^/]+\/tasks$/, ['limit', 'cursor', 'fields']],
  [/^\/api\/tracked$/, ['limit', 'offset']],
  [/^\/api\/sync\/runs$/, ['limit']],
  [/^\/api\/stats\/days$/, ACTIVITY_PARAMS],
  [/^\/api\/tasks\/[^/]+\/same$/, ['limit']],
  [/^\/api\/webhooks\/[^/]+\/deliveries$/, ['limit', 'cursor']],
  [/^\/api\/tasks\/[^/]+\/details$/, ['q', 'tz']],
];
/** Routes whose responses have `notes`. */
const HAS_NOTES = /^\/api\/(search|prompts|facets|wall\/\w+|tasks\/[^/]+\/(similar|edits))$/;

/** @param prefix of all paths */
export function createUnknownParamsMiddleware(prefix: string): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    await next();
    const path = c.req.path.slice(prefix.length);
    if (HAS_NOTES.test(path) || !c.req.url.includes('?')) return;
    const notes = noteUnknownParams(getQueryParams(c), findParams(path));
    // A header holds no other characters.
    if (notes.length > 0) c.res.headers.set(NOTES_HEADER, notes.join(' | ').replace(/[^ -~]/g, '?'));
  };
}

function findParams(path: string): readonly string[] {
  return PARAMS.find(([pattern]) => pattern.test(path))?.[1] ?? [];
}
