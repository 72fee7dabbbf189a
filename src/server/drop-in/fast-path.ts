/**
 * Fast path: serves `POST /flux/tasks` directly on Node's server, with the same authorization, responses and errors as
 * through Hono, whose overhead is half the cost of a cached retrieve. Requests from web pages (`Origin`) may need CORS and
 * are left to Hono.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getPathPrefix } from '../../lib/base-path.ts';
import { FLUX } from '../../service/flux.ts';
import { type Answer, createAnswer } from '../answer.ts';
import type { Auth } from '../auth/auth.ts';
import type { ServerDeps } from '../deps.ts';
import { createErrorAnswer } from '../errors.ts';
import type { RequestLog } from '../monitoring/request-log.ts';
import { getTraceId } from '../monitoring/trace.ts';
import { answerTaskRequest, type TaskDeps } from '../routes/flux-tasks.ts';

const ROUTE = FLUX.taskPath;

/** @returns a function that handles a request, or returns false to leave it to Hono */
export function createFastPath(
  deps: TaskDeps & Pick<ServerDeps, 'log'>,
  { authorize }: Pick<Auth, 'authorize'>,
  logRequest: RequestLog,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { config, log } = deps;
  const path = `${getPathPrefix(config.basePath)}${ROUTE}`;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<Answer> => {
    try {
      return createAnswer(
        await answerTaskRequest(
          deps,
          { incoming: request, outgoing: response },
          await authorize(request, path),
        ),
      );
    } catch (error) {
      return createErrorAnswer(error, { traceId: getTraceId(request), method: 'POST', path }, log);
    }
  };

  return (request, response) => {
    if (request.url !== path || request.method !== 'POST' || request.headers.origin !== undefined)
      return false;
    const startedMs = performance.now();
    void answer(request, response).then(({ status, headers, body }) => {
      logRequest(
        request,
        { method: 'POST', route: ROUTE, status, cacheStatus: headers['cache-status'] },
        startedMs,
      );
      headers['content-length'] = String(Buffer.byteLength(body));
      response.writeHead(status, headers).end(body);
    });
    return true;
  };
}
