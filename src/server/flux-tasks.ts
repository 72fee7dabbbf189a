/** `POST /flux/tasks`: the upstream's own route, answered from the mirror. */
import { Hono } from 'hono';
import { parseCacheControl } from '../mirror/cache-control.ts';
import type { Caller } from '../mirror/parts.ts';
import { readJsonBody } from './body.ts';
import { requestHeader, type ServerContext, type ServerEnv, type ServerParts } from './parts.ts';
import { serveAnswer } from './serve-answer.ts';
import { readTaskRequest } from './task-request.ts';

export function fluxTasks({ mirror }: ServerParts): Hono<ServerEnv> {
  return new Hono<ServerEnv>().post('/flux/tasks', async (c) => {
    const { text, value } = await readJsonBody(c);
    const request = readTaskRequest(value, text);
    const caller = callerOf(c);
    switch (request.action) {
      case 'retrieve':
        return serveAnswer(c, await mirror.retrieve(request.id, caller));
      case 'retrieve_batch':
        return serveAnswer(c, await mirror.retrieveBatch(request.ids, caller));
      case 'list':
        return serveAnswer(c, await mirror.historyList(request.list, caller));
      case 'delete':
        return serveAnswer(c, await mirror.delete(request.id, request.body, caller));
    }
  });
}

/** Who asks, and how fresh it must be. */
export function callerOf(c: ServerContext): Caller {
  return { token: c.get('callerToken'), control: parseCacheControl(requestHeader(c, 'cache-control')) };
}
