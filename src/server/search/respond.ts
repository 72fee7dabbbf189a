/** Responds to a request with an answer that a search thread makes. */
import { getCallerKey } from '../connections/caller-key.ts';
import { onHangUp } from '../connections/hang-up.ts';
import type { ServerContext } from '../deps.ts';
import { getQueryParams } from '../query-params.ts';
import type { SearchQuestion } from './search-protocol.ts';
import type { AskedBy, Searching } from './search-thread.ts';

/** @throws ApiError as `Searching.answer` */
export async function respondFromThread(
  c: ServerContext,
  thread: Searching,
  target: Pick<SearchQuestion, 'route' | 'id'>,
  nowMs: number,
): Promise<Response> {
  const query = getQueryParams(c).toString();
  return respondWithJson(c, await askThread(c, thread, { ...target, query, nowMs }));
}

/** Asks on behalf of the caller, who sees what its token may see, and ends it by hanging up. @throws ApiError as `Searching.answer` */
export function askThread(
  c: ServerContext,
  thread: Searching,
  question: Omit<SearchQuestion, 'limits'>,
): Promise<string> {
  const { limits } = c.get('access');
  const { outgoing } = c.env;
  return thread.answer({ ...question, limits }, () => !outgoing.destroyed, describeAskedBy(c));
}

/** Who asks a thread in a request. */
export function describeAskedBy(c: ServerContext): AskedBy {
  return {
    caller: getCallerKey(c.get('access').tokenName, c.env.incoming),
    onHangUp: (callback) => onHangUp(c.env, callback),
  };
}

export function respondWithJson(c: ServerContext, body: string): Response {
  return c.body(body, 200, { 'content-type': 'application/json' });
}
