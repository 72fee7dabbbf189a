/** `POST /flux/tasks`: the upstream's own route, served by the mirror. */
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { parseCacheControl } from '../../mirror/cache-control.ts';
import type { Caller } from '../../mirror/deps.ts';
import type { MirrorResponse } from '../../mirror/mirror-response.ts';
import { FLUX } from '../../service/flux.ts';
import type { Waiter } from '../../upstream/waiters.ts';
import { createAnswer, respond } from '../answer.ts';
import { type Access, createReadOnlyError } from '../auth/access.ts';
import { parseJsonObject, readBody, refuseAmbiguousJson } from '../body.ts';
import { getCallerKey } from '../connections/caller-key.ts';
import { watchHangUp } from '../connections/hang-up.ts';
import { getPublicUrl } from '../connections/public-url.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { rewriteImageUrls } from '../drop-in/local-images.ts';
import { selectPaymentHeaders } from '../drop-in/payment.ts';
import { readTaskRequest } from '../drop-in/task-request.ts';

export function createFluxTasksRoutes(deps: ServerDeps): Hono<ServerEnv> {
  return new Hono<ServerEnv>().post(FLUX.taskPath, async (c) =>
    respond(c, createAnswer(await answerTaskRequest(deps, c.env, c.get('access')))),
  );
}

export type TaskDeps = Pick<ServerDeps, 'mirror' | 'store' | 'config'>;

/**
 * Answers an authorised request.
 * @throws ApiError
 */
export async function answerTaskRequest(
  deps: TaskDeps,
  bindings: HttpBindings,
  access: Access,
): Promise<MirrorResponse> {
  const { incoming } = bindings;
  const served = await serve(deps, bindings, access);
  if (!deps.config.rewriteImageUrls && incoming.headers['x-flux-mirror-images'] !== 'local') return served;
  return rewriteImageUrls(served, deps.store, `${getPublicUrl(deps.config, incoming)}/images`);
}

async function serve({ mirror }: TaskDeps, bindings: HttpBindings, access: Access): Promise<MirrorResponse> {
  const text = await readBody(bindings.incoming);
  const request = readTaskRequest(parseJsonObject(text));
  const caller = createCaller(access, bindings, text);
  switch (request.action) {
    case 'retrieve':
      return mirror.retrieve(request.id, caller);
    case 'retrieve_batch':
      return mirror.retrieveBatch(request.ids, caller);
    case 'list':
      return mirror.listHistory(request.list, caller);
    case 'delete':
      if (access.isReadOnly) throw createReadOnlyError();
      return mirror.delete(request.id, request.body, caller);
  }
}

/** The caller of one of our own routes, and its freshness requirements. */
export function getCaller(c: ServerContext): Caller {
  return createCaller(c.get('access'), c.env);
}

/** @param body of a request that may pay for itself */
function createCaller(
  { upstreamToken, tokenName, limits }: Access,
  bindings: HttpBindings,
  body?: string,
): Caller {
  const { headers } = bindings.incoming;
  const paid = body === undefined ? undefined : selectPaymentHeaders(headers);
  if (paid !== undefined) refuseAmbiguousJson(body ?? ''); // it is forwarded byte for byte
  return {
    token: upstreamToken,
    hasAccessToken: tokenName !== undefined,
    limits,
    control: parseCacheControl(headers['cache-control']),
    userAgent: headers['user-agent'],
    payment: paid && { headers: paid, body: body ?? '' },
    getWaiter: () => createWaiter(tokenName, bindings),
  };
}

function createWaiter(tokenName: string | undefined, bindings: HttpBindings): Waiter {
  return { caller: getCallerKey(tokenName, bindings.incoming), hangUp: watchHangUp(bindings) };
}
