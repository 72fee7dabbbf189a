/** `POST /flux/images` and `POST /flux/videos`: forwards generations. */
import type { IncomingHttpHeaders } from 'node:http';
import { Hono } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import { generate } from '../../generation/generate.ts';
import { FORWARDED_RESPONSE_HEADERS } from '../../mirror/mirror-response.ts';
import { FLUX } from '../../service/flux.ts';
import type { TaskKind } from '../../task/artifacts.ts';
import { PAYMENT_HEADERS } from '../../upstream/payment-headers.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { selectPaymentHeaders } from '../drop-in/payment.ts';
import { readGenerationBody } from '../generation-body.ts';

const KINDS = Object.keys(FLUX.generationPaths) as TaskKind[];

export function createGenerationRoutes(deps: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  for (const kind of KINDS) app.post(FLUX.generationPaths[kind], createHandler(kind, deps));
  return app;
}

function createHandler(kind: TaskKind, { generation, log }: ServerDeps) {
  return async (c: ServerContext): Promise<Response> => {
    const { incoming } = c.env;
    const isPaid = selectPaymentHeaders(incoming.headers) !== undefined;
    const isOwnToken = !isPaid && generation.upstreamToken !== undefined;
    const request = {
      kind,
      // A paid request is forwarded byte for byte.
      ...(await readGenerationBody(incoming, { keepsByteOrderMark: isPaid, isOwnToken })),
      headers: {
        ...selectUpstreamHeaders(incoming.headers, {
          isKnownOnly: isOwnToken || (!isPaid && generation.isUpstreamForeign === true),
        }),
        // It was checked as JSON in UTF-8, and must not be read as anything else.
        ...(isOwnToken ? { 'content-type': 'application/json' } : {}),
      },
    };
    const answer = await generate(generation, request, { token: c.get('access').upstreamToken, isPaid });
    const content =
      answer.body instanceof Uint8Array
        ? (answer.body as Uint8Array<ArrayBuffer>)
        : drainToStream(answer.body, (error) =>
            log.warn({ err: error }, 'the response to a generation was interrupted'),
          );
    return c.newResponse(content, answer.status as StatusCode, selectCallerHeaders(answer.headers));
  };
}

/** What clients of the vendor send, and what traces or identifies a request. */
const FORWARDED_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'content-type',
  'accept',
  'accept-language',
  'user-agent',
  'x-record-exempt',
  'x-request-id',
  'x-trace-id',
  'x-idempotency-key',
  ...PAYMENT_HEADERS,
]);
/** Added by proxies in front of the mirror, or meant for the mirror itself. */
const LOCAL_HEADERS = /^x-(forwarded|real|flux-mirror)/;
/** Gateways obey them: they change which route or method a request is taken for, or from whom. */
const STEERING_HEADERS =
  /^x-(original|rewrite|http-method|method-override|host|client-ip|cluster-client-ip|envoy|accel|sendfile)/;

/**
 * The headers to send on. With the mirror's own token only known ones: a caller must not steer with that token what a gateway
 * in front of the upstream does. With its own token or payment, a caller may send any other `x-` header that steers nothing.
 */
function selectUpstreamHeaders(
  headers: IncomingHttpHeaders,
  { isKnownOnly }: { isKnownOnly: boolean },
): Record<string, string> {
  const isSent = (name: string) =>
    FORWARDED_REQUEST_HEADERS.has(name) ||
    (!isKnownOnly && name.startsWith('x-') && !LOCAL_HEADERS.test(name) && !STEERING_HEADERS.test(name));
  const sent = Object.entries(headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && isSent(entry[0]),
  );
  // The response is scanned for the task id, so it must not be compressed.
  return { 'content-type': 'application/json', ...Object.fromEntries(sent), 'accept-encoding': 'identity' };
}

/** The body is forwarded as it comes, so whatever describes it is as well. */
const FORWARDED_HEADERS: ReadonlySet<string> = new Set([
  ...FORWARDED_RESPONSE_HEADERS,
  'content-type',
  'content-encoding',
]);

function selectCallerHeaders(headers: Headers): Record<string, string> {
  const forwarded = [...headers].filter(([name]) => FORWARDED_HEADERS.has(name) || name.startsWith('x-'));
  // RFC 9211: the cache was not consulted.
  return { ...Object.fromEntries(forwarded), 'cache-status': 'flux-mirror; fwd=bypass' };
}

/** A stream whose source is read to its end even after the client hangs up: the task id may still be to come. */
function drainToStream(
  chunks: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let isCancelled = false;
  const pump = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      for await (const chunk of chunks) if (!isCancelled) controller.enqueue(chunk);
      if (!isCancelled) controller.close();
    } catch (error) {
      onError(error);
      if (!isCancelled) controller.error(error);
    }
  };
  return new ReadableStream({
    start: (controller) => {
      void pump(controller);
    },
    cancel: () => {
      isCancelled = true;
    },
  });
}
