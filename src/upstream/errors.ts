/** How an upstream request can fail. Messages are for operators and callers alike: no address, no body, no token. */

/** An HTTP answer of the upstream, whole. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** The same while its body is still coming; reading the body may throw UpstreamError. */
export interface StreamedAnswer extends Omit<UpstreamAnswer, 'body'> {
  readonly body: AsyncIterable<Uint8Array>;
}

export type FailureKind =
  /** No connection: refused, no such name, TLS. */
  | 'unreachable'
  /** The connection broke before the answer was whole. */
  | 'interrupted'
  /** No whole answer within the time allowed. */
  | 'timeout'
  /** A body beyond the cap. */
  | 'too-large'
  /** A redirect, or an answer that is not what the API says. */
  | 'nonsense'
  /** An answer with an error status; `answer` holds it. */
  | 'status'
  /** Nothing was sent: the upstream has asked for a cooldown. */
  | 'blocked';

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly answer?: UpstreamAnswer,
    /** How long the upstream asks to wait, milliseconds, at most an hour. */
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** The answer's status, when there was an answer. */
  get status(): number | undefined {
    return this.answer?.status;
  }

  /** The token was refused. */
  get isRejection(): boolean {
    return this.status === 401 || this.status === 403;
  }

  /** The upstream asks to be left alone for a while, by this answer or by an earlier one. */
  get asksToWait(): boolean {
    if (this.isRejection) return false;
    return this.kind === 'blocked' || this.status === 429 || this.retryAfterMs !== undefined;
  }
}
