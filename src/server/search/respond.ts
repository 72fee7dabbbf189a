/** Responds to a request with an answer that a search thread makes. */
import { getCallerKey } from '../connections/caller-key.ts';
import { onHangUp } from '../connections/hang-up.ts';
import type { ServerContext } from '../deps.ts';
import { getQueryParams } from '../query-params.ts';
import type { SearchQuestion } from './search-protocol.ts';
import type { Searching } from './search-thread.ts';

/** @throws ApiError as `Searching.answer` */
export async function respondFromThread(
  c: ServerContext,
  thread: Searching,
  target: Pick<SearchQuestion, 'route' | 'id'>,
  nowMs: number,
): Promise<Response> {
  const { limits, tokenName } = c.get('access');
  const { incoming, outgoing } = c.env;
  const question = { ...target, query: getQueryParams(c).toString(), limits, nowMs };
  const answer = await thread.answer(question, () => !outgoing.destroyed, {
    caller: getCallerKey(tokenName, incoming),
    onHangUp: (callback) => onHangUp(c.env, callback),
  });
  return respondWithJson(c, answer);
}

export function respondWithJson(c: ServerContext, body: string): Response {
  return c.body(body, 200, { 'content-type': 'application/json' });
}
