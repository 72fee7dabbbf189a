/** `POST /flux/tasks`: the upstream's own route, answered from the mirror. */
import type { IncomingMessage } from 'node:http';
import { Hono } from 'hono';
import { pathPrefix } from '../../lib/base-path.ts';
import { parseCacheControl } from '../../mirror/cache-control.ts';
import type { Caller } from '../../mirror/parts.ts';
import type { Served } from '../../mirror/served.ts';
import { FLUX } from '../../service/flux.ts';
import { respond, servedAnswer } from '../answer.ts';
import { type Access, onlyReads } from '../auth/access.ts';
import { parseJsonObject, readBody } from '../body.ts';
import { withLocalImages } from '../drop-in/local-images.ts';
import { readTaskRequest } from '../drop-in/task-request.ts';
import type { ServerContext, ServerEnv, ServerParts } from '../parts.ts';

export function fluxTasks(parts: ServerParts): Hono<ServerEnv> {
  return new Hono<ServerEnv>().post(FLUX.taskPath, async (c) =>
    respond(c, servedAnswer(await answerTaskRequest(parts, c.env.incoming, c.get('access')))),
  );
}

/** What answering takes. */
export type TaskParts = Pick<ServerParts, 'mirror' | 'store' | 'config'>;

/**
 * The answer to a request that the gate let in.
 * @throws ApiError
 */
export async function answerTaskRequest(
  parts: TaskParts,
  incoming: IncomingMessage,
  access: Access,
): Promise<Served> {
  const served = await serve(parts, incoming, access);
  if (!parts.config.rewriteImageUrls && incoming.headers['x-flux-mirror-images'] !== 'local') return served;
  return withLocalImages(served, parts.store, `${publicUrl(parts.config, incoming)}/images`);
}

/** Where the caller reaches us: the address that we were told, else the one that the caller used. */
function publicUrl({ callbackUrl, basePath }: ServerParts['config'], { headers }: IncomingMessage): string {
  return callbackUrl ?? `http://${headers.host}${pathPrefix(basePath)}`;
}

async function serve({ mirror }: TaskParts, incoming: IncomingMessage, access: Access): Promise<Served> {
  const text = await readBody(incoming);
  const request = readTaskRequest(parseJsonObject(text), text);
  const caller = callerFor(access, incoming);
  switch (request.action) {
    case 'retrieve':
      return mirror.retrieve(request.id, caller);
    case 'retrieve_batch':
      return mirror.retrieveBatch(request.ids, caller);
    case 'list':
      return mirror.historyList(request.list, caller);
    case 'delete':
      if (access.isReadOnly) throw onlyReads();
      return mirror.delete(request.id, request.body, caller);
  }
}

/** Who asks one of our own routes, and how fresh it must be. */
export function callerOf(c: ServerContext): Caller {
  return callerFor(c.get('access'), c.env.incoming);
}

function callerFor({ upstreamToken, limits }: Access, { headers }: IncomingMessage): Caller {
  return { token: upstreamToken, limits, control: parseCacheControl(headers['cache-control']) };
}
