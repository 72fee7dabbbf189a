/** Sends one HTTP request with a total deadline, a size limit and no redirects. Every failure is an UpstreamError. */
import { describeErrorCode } from '../lib/errno.ts';
import { type StreamedAnswer, type UpstreamAnswer, UpstreamError } from './errors.ts';

export interface UpstreamRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  /** Complete, or a stream. */
  readonly body: string | Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>;
  /** For the complete response, milliseconds. An idle timeout would let a slow trickle go on forever. */
  readonly timeoutMs: number;
  /** Aborts the request early. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes after decompression: counting compressed bytes would let a gzip bomb in. */
  readonly maxBytes: number;
}

const CONNECTION_BROKE = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** Sends a POST and reads the complete response. @throws UpstreamError as `openRequest`, also while reading the body */
export async function sendRequest(
  request: UpstreamRequest,
  fetch: typeof globalThis.fetch,
): Promise<UpstreamAnswer> {
  const { body, ...head } = await openRequest(request, fetch);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return { ...head, body: Buffer.concat(chunks) };
}

/**
 * Sends a POST and streams the response body.
 * @throws UpstreamError `unreachable`, `interrupted`, `timeout`, `too-large` or `nonsense` (a redirect), also while the
 *   body is read; an error status does not throw
 */
export async function openRequest(
  request: UpstreamRequest,
  fetch: typeof globalThis.fetch,
): Promise<StreamedAnswer> {
  const limits = startLimits(request);
  const createFailure = (error: unknown, hadAnswer: boolean): UpstreamError => {
    limits.end();
    if (error instanceof UpstreamError) return error;
    if (request.signal?.aborted)
      return new UpstreamError('interrupted', 'the request was aborted because the mirror is stopping');
    return limits.isLate()
      ? new UpstreamError('timeout', `the upstream did not answer completely within ${request.timeoutMs} ms`)
      : createConnectionError(error, hadAnswer);
  };
  const send = () =>
    fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      // Node's fetch accepts async iterables, and needs `duplex` for them; the DOM types don't know either.
      body: request.body as NonNullable<RequestInit['body']>,
      duplex: 'half',
      redirect: 'manual',
      signal: limits.signal,
    } as RequestInit);
  const response = await limits.raceAbort(send()).catch((error: unknown) => {
    throw createFailure(error, false);
  });
  if (response.status >= 300 && response.status < 400) {
    const redirect = 'the upstream answered with a redirect, which is never followed';
    throw createFailure(new UpstreamError('nonsense', redirect), true);
  }
  async function* readBody() {
    try {
      yield* limitBytes(response, request.maxBytes, limits.raceAbort);
    } catch (error) {
      throw createFailure(error, true);
    } finally {
      limits.end();
    }
  }
  return { status: response.status, headers: response.headers, body: readBody() };
}

type RaceAbort = <T>(waiting: Promise<T>) => Promise<T>;

/**
 * Aborts one request at its deadline or when the mirror stops. Not `AbortSignal.any`: in Node 20 it leaks listeners on a
 * long-lived source signal.
 */
function startLimits({ timeoutMs, signal: stopSignal }: UpstreamRequest) {
  const controller = new AbortController();
  let isLate = false;
  const abort = () => controller.abort();
  const timer = setTimeout(() => {
    isLate = true;
    abort();
  }, timeoutMs).unref();
  if (stopSignal?.aborted) abort();
  stopSignal?.addEventListener('abort', abort);
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason));
    if (controller.signal.aborted) reject(controller.signal.reason);
  });
  aborted.catch(() => undefined); // may reject after the last consumer has finished
  /**
   * Rejects when the request is aborted. `fetch` alone is not enough: aborting it while it decompresses a body does not
   * always end the read (seen with gzip on a busy Node 20.20), which would then hang forever.
   */
  const raceAbort: RaceAbort = (waiting) => Promise.race([waiting, aborted]);
  return {
    signal: controller.signal,
    raceAbort,
    isLate: () => isLate,
    /** Releases the connection, the timer and the listeners of this request. */
    end: () => {
      clearTimeout(timer);
      stopSignal?.removeEventListener('abort', abort);
      abort();
    },
  };
}

async function* limitBytes(
  response: Response,
  maxBytes: number,
  raceAbort: RaceAbort,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (let size = 0; ; ) {
      const { done, value } = await raceAbort(reader.read());
      if (done) return;
      size += value.byteLength;
      if (size > maxBytes)
        throw new UpstreamError('too-large', `the upstream's answer is larger than ${maxBytes} bytes`);
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined); // not awaited: it might never settle
  }
}

function createConnectionError(error: unknown, hadAnswer: boolean): UpstreamError {
  const code = getErrorCode(error);
  if (hadAnswer || CONNECTION_BROKE.has(code)) {
    return new UpstreamError(
      'interrupted',
      `the connection to the upstream broke (${describeErrorCode(code)})`,
      undefined,
      undefined,
      {
        cause: error,
      },
    );
  }
  return new UpstreamError(
    'unreachable',
    `the upstream can't be reached (${describeErrorCode(code)})`,
    undefined,
    undefined,
    {
      cause: error,
    },
  );
}

/** The first error code in the cause chain: the message `fetch failed` alone says nothing. */
function getErrorCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return 'no code';
}
