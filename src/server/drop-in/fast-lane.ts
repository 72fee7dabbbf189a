/**
 * `POST /flux/tasks` straight on Node's server. The same gate, the same answer and the same errors as through Hono,
 * which costs half of a cached retrieve; only requests of web pages (`Origin`), which may need CORS, go round by it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathPrefix } from '../../lib/base-path.ts';
import { FLUX } from '../../service/flux.ts';
import { type Answer, servedAnswer } from '../answer.ts';
import type { Gate } from '../auth/gate.ts';
import { errorAnswer } from '../errors.ts';
import type { Observe } from '../monitoring/observing.ts';
import { traceIdOf } from '../monitoring/trace.ts';
import type { ServerParts } from '../parts.ts';
import { answerTaskRequest, type TaskParts } from '../routes/flux-tasks.ts';

const ROUTE = FLUX.taskPath;

/** @returns a function that takes a request, or returns false to leave it to Hono */
export function createFastLane(
  parts: TaskParts & Pick<ServerParts, 'log'>,
  gate: Gate,
  observe: Observe,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { config, log } = parts;
  const path = `${pathPrefix(config.basePath)}${ROUTE}`;

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    try {
      return servedAnswer(await answerTaskRequest(parts, request, await gate(request, path)));
    } catch (error) {
      return errorAnswer(error, { traceId: traceIdOf(request), method: 'POST', path }, log);
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
