/** One HTTP request and its whole answer: total deadline, capped body, no redirects. Every failure is typed. */
import { type UpstreamAnswer, UpstreamError } from './errors.ts';

export interface ExchangeRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** For the whole answer, milliseconds. Idle timers would let a slow drip go on for ever. */
  readonly timeoutMs: number;
  /** Bytes after decoding: counting compressed bytes would let a gzip bomb in. */
  readonly maxBytes: number;
}

const CONNECTION_BROKE = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/**
 * Sends a POST and reads the answer.
 * @throws UpstreamError `unreachable`, `interrupted`, `timeout`, `too-large` or `nonsense` (a redirect); an error
 * status is an answer like any other
 */
export async function exchange(
  request: ExchangeRequest,
  fetch: typeof globalThis.fetch,
): Promise<UpstreamAnswer> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const cut = new AbortController();
  let response: Response | undefined;
  try {
    response = await fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.any([deadline, cut.signal]),
    });
    if (response.status >= 300 && response.status < 400) {
      throw new UpstreamError('nonsense', 'the upstream answered with a redirect, which is never followed');
    }
    const body = await readCapped(response, request.maxBytes);
    return { status: response.status, headers: response.headers, body };
  } catch (error) {
    cut.abort();
    if (error instanceof UpstreamError) throw error;
    if (deadline.aborted) {
      throw new UpstreamError('timeout', `the upstream gave no whole answer within ${request.timeoutMs} ms`);
    }
    throw connectionError(error, response !== undefined);
  }
}

async function readCapped(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new UpstreamError('too-large', `the upstream's answer is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function connectionError(error: unknown, hadAnswer: boolean): UpstreamError {
  const code = errorCode(error);
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
function errorCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return 'no code';
}
