/** How an upstream request can fail. Messages are shown to operators and callers: no URL, no body, no token in them. */

/** A complete HTTP response from the upstream. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** The same with a body that is still arriving; reading it may throw UpstreamError. */
export interface StreamedAnswer extends Omit<UpstreamAnswer, 'body'> {
  readonly body: AsyncIterable<Uint8Array>;
}

export type FailureKind =
  /** No connection: refused, DNS failure, TLS error. */
  | 'unreachable'
  /** The connection broke before the response was complete. */
  | 'interrupted'
  /** No complete response within the timeout. */
  | 'timeout'
  /** The body exceeds the size limit. */
  | 'too-large'
  /** Invalid response: a redirect, or a body that does not follow the API. */
  | 'nonsense'
  /** An error status; the response is in `answer`. */
  | 'status'
  /** Nothing was sent: a rate-limit cooldown is active. */
  | 'blocked'
  /** Nothing was sent: too many requests were queued, or this one for too long. */
  | 'overloaded'
  /** Nothing was sent: all callers hung up. */
  | 'abandoned';

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly answer?: UpstreamAnswer,
    /** Milliseconds the upstream asks to wait, at most an hour. */
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** HTTP status, if there was a response. */
  get status(): number | undefined {
    return this.answer?.status;
  }

  /** Whether the token was rejected. */
  get isRejection(): boolean {
    return this.status === 401 || this.status === 403;
  }

  /** Whether the upstream demands payment (x402). It concerns one caller, and is no reason for others to wait. */
  get isPriceQuote(): boolean {
    return this.status === 402;
  }

  /** Whether the upstream asks clients to wait, in this response or an earlier one. */
  get asksToWait(): boolean {
    if (this.isRejection || this.isPriceQuote) return false;
    return this.kind === 'blocked' || this.status === 429 || this.retryAfterMs !== undefined;
  }
}
