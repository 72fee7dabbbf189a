/** One HTTP request and its answer: total deadline, capped body, no redirects. Every failure is typed. */
import { type StreamedAnswer, type UpstreamAnswer, UpstreamError } from './errors.ts';

export interface UpstreamRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** For the whole answer, milliseconds. Idle timers would let a slow drip go on for ever. */
  readonly timeoutMs: number;
  /** Ends it before. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes after decoding: counting compressed bytes would let a gzip bomb in. */
  readonly maxBytes: number;
}

const CONNECTION_BROKE = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** Sends a POST and reads the whole answer. @throws UpstreamError as `openExchange`, or while the body comes */
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
 * Sends a POST; the answer's body comes as it arrives.
 * @throws UpstreamError `unreachable`, `interrupted`, `timeout`, `too-large` or `nonsense` (a redirect), also out of
 * the body; an error status is an answer like any other
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
      return new UpstreamError('interrupted', 'the mirror is stopping, and asks no further');
    return limits.isLate()
      ? new UpstreamError('timeout', `the upstream gave no whole answer within ${request.timeoutMs} ms`)
      : createConnectionError(error, hadAnswer);
  };
  const send = () =>
    fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: limits.signal,
    });
  const response = await limits.keepTo(send()).catch((error: unknown) => {
    throw createFailure(error, false);
  });
  if (response.status >= 300 && response.status < 400) {
    const redirect = 'the upstream answered with a redirect, which is never followed';
    throw createFailure(new UpstreamError('nonsense', redirect), true);
  }
  async function* readBody() {
    try {
      yield* limitBytes(response, request.maxBytes, limits.keepTo);
    } catch (error) {
      throw createFailure(error, true);
    } finally {
      limits.end();
    }
  }
  return { status: response.status, headers: response.headers, body: readBody() };
}

type KeepTo = <T>(waiting: Promise<T>) => Promise<T>;

/**
 * The deadline of one exchange, and the end of the mirror. Signals that outlive an exchange must not gather its listeners, so
 * they are not joined by `AbortSignal.any`, which in Node 20 keeps what is listened to for ever.
 */
function startLimits({ timeoutMs, signal: ending }: UpstreamRequest) {
  const cut = new AbortController();
  let isLate = false;
  const abort = () => cut.abort();
  const timer = setTimeout(() => {
    isLate = true;
    abort();
  }, timeoutMs).unref();
  if (ending?.aborted) abort();
  ending?.addEventListener('abort', abort);
  const ended = new Promise<never>((_, reject) => {
    cut.signal.addEventListener('abort', () => reject(cut.signal.reason));
    if (cut.signal.aborted) reject(cut.signal.reason);
  });
  ended.catch(() => undefined); // it may come when nobody waits any more
  /**
   * Waits no longer than allowed. A `fetch` that is told to abort while it decodes a body does not always end it (seen
   * with gzip on a busy Node 20.20), and then nobody would ever hear of it.
   */
  const keepTo: KeepTo = (waiting) => Promise.race([waiting, ended]);
  return {
    signal: cut.signal,
    keepTo,
    isLate: () => isLate,
    /** Lets go of the connection, and of whatever would remember this exchange. */
    end: () => {
      clearTimeout(timer);
      ending?.removeEventListener('abort', abort);
      abort();
    },
  };
}

async function* limitBytes(response: Response, maxBytes: number, keepTo: KeepTo): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (let size = 0; ; ) {
      const { done, value } = await keepTo(reader.read());
      if (done) return;
      size += value.byteLength;
      if (size > maxBytes)
        throw new UpstreamError('too-large', `the upstream's answer is larger than ${maxBytes} bytes`);
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined); // not waited for: it might not end either
  }
}

function createConnectionError(error: unknown, hadAnswer: boolean): UpstreamError {
  const code = getErrorCode(error);
  if (hadAnswer || CONNECTION_BROKE.has(code)) {
    return new UpstreamError(
      'interrupted',
      `the connection to the upstream broke (${code})`,
      undefined,
      undefined,
      {
        cause: error,
      },
    );
  }
  return new UpstreamError('unreachable', `the upstream can't be reached (${code})`, undefined, undefined, {
    cause: error,
  });
}

/** `fetch failed` says nothing; the code of its cause does. */
function getErrorCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return 'no code';
}
