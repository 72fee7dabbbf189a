/**
 * `POST /flux/tasks` straight on Node's server. The same gate, the same answer and the same errors as through Hono,
 * which costs half of a cached retrieve; only requests of web pages (`Origin`), which may need CORS, go round by it.
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

/** @returns a function that takes a request, or returns false to leave it to Hono */
export function createFastPath(
  deps: TaskDeps & Pick<ServerDeps, 'log'>,
  gate: Auth,
  observe: RequestLog,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { config, log } = deps;
  const path = `${getPathPrefix(config.basePath)}${ROUTE}`;

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    try {
      return createAnswer(await answerTaskRequest(deps, request, await gate(request, path)));
    } catch (error) {
      return createErrorAnswer(error, { traceId: getTraceId(request), method: 'POST', path }, log);
    }
  };

  return (request, response) => {
    if (request.url !== path || request.method !== 'POST' || request.headers.origin !== undefined)
      return false;
    const startedMs = performance.now();
    void answer(request).then(({ status, headers, body }) => {
      observe(
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
