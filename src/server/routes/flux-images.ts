/** `POST /flux/images`: generations, handed on. */
import type { IncomingHttpHeaders } from 'node:http';
import { Hono } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import { generate } from '../../generation/generate.ts';
import { FLUX } from '../../service/flux.ts';
import { readBytes, refuseDeepJson } from '../body.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';

export function createFluxImagesRoutes({ generation, log }: ServerDeps): Hono<ServerEnv> {
  return new Hono<ServerEnv>().post(FLUX.generationPaths.images, async (c) => {
    const body = await readBytes(c.env.incoming);
    refuseDeepJson(body.toString());
    const request = {
      body,
      headers: selectUpstreamHeaders(c.env.incoming.headers),
    };
    const answer = await generate(generation, request, {
      token: c.get('access').upstreamToken,
    });
    const content =
      answer.body instanceof Uint8Array
        ? (answer.body as Uint8Array<ArrayBuffer>)
        : drainToStream(answer.body, (error) =>
            log.warn({ err: error }, 'the answer to a generation broke off'),
          );
    return c.newResponse(content, answer.status as StatusCode, selectCallerHeaders(answer.headers));
  });
}

const SENT_ON = new Set(['content-type', 'accept', 'accept-language']);
/** Of the way to us, not of the request. */
const OURS = /^x-(forwarded|real|flux-mirror)/;

function selectUpstreamHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const sent = Object.entries(headers).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' &&
      (SENT_ON.has(entry[0]) || (entry[0].startsWith('x-') && !OURS.test(entry[0]))),
  );
  // What comes is looked into for the task id, so it must not be compressed.
  return { 'content-type': 'application/json', ...Object.fromEntries(sent), 'accept-encoding': 'identity' };
}

const HANDED_ON = new Set(['content-type', 'content-encoding', 'retry-after', 'www-authenticate']);

function selectCallerHeaders(headers: Headers): Record<string, string> {
  const handedOn = [...headers].filter(([name]) => HANDED_ON.has(name) || name.startsWith('x-'));
  // Of RFC 9211: the answer was not looked for in the cache.
  return { ...Object.fromEntries(handedOn), 'cache-status': 'flux-mirror; fwd=bypass' };
}

/** A stream that is read to its end also when nobody listens any more: the task id may still be to come. */
function drainToStream(
  chunks: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let isGone = false;
  const pump = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      for await (const chunk of chunks) if (!isGone) controller.enqueue(chunk);
      if (!isGone) controller.close();
    } catch (error) {
      onError(error);
      if (!isGone) controller.error(error);
    }
  };
  return new ReadableStream({
    start: (controller) => {
      void pump(controller);
    },
    cancel: () => {
      isGone = true;
    },
  });
}
