/** Asks the host of one link for its head only: whether the file is still there. */
import { HostFailure, type ImageFailure } from '../archive/failure.ts';
import { ACCEPT, MAX_REDIRECTS } from '../archive/fetch-image.ts';
import { createNetworkFailure, createStatusFailure } from '../archive/request-failure.ts';
import type { Clock } from '../lib/clock.ts';
import { USER_AGENT } from '../lib/version.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import type { Artifact } from '../task/artifacts.ts';

/** `unknown`: the host does not say, because it fails, forbids the request, or does not know `HEAD`. */
export type LinkStatus =
  | { readonly kind: 'alive' }
  | { readonly kind: 'dead'; readonly reason: string }
  /** @param hostFailure set if its other links would fail as well */
  | { readonly kind: 'unknown'; readonly reason: string; readonly hostFailure?: HostFailure };

export interface CheckLinkDeps {
  readonly safeFetch: Pick<SafeFetch, 'fetch'>;
  readonly clock: Clock;
  /** For a response, redirects included; default: 10 s. */
  readonly linkTimeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** What says for certain that there is no such file. A refusal may be about `HEAD`, as with signed links. */
const DEAD_STATUSES: ReadonlySet<number> = new Set([404, 410]);

/** @throws the reason of `stop` */
export async function checkLink(
  { safeFetch, clock, linkTimeoutMs = DEFAULT_TIMEOUT_MS }: CheckLinkDeps,
  { kind, url }: Artifact,
  stop: AbortSignal,
): Promise<LinkStatus> {
  const deadline = AbortSignal.timeout(linkTimeoutMs);
  try {
    const response = await safeFetch.fetch(url, {
      method: 'HEAD',
      signal: AbortSignal.any([deadline, stop]),
      maxRedirects: MAX_REDIRECTS,
      headers: { accept: ACCEPT[kind], 'user-agent': USER_AGENT },
    });
    response.resume(); // it has no body; the connection can be used again
    const { statusCode = 0, headers } = response;
    if (DEAD_STATUSES.has(statusCode)) return { kind: 'dead', reason: `its host answered ${statusCode}` };
    if (statusCode < 200 || statusCode >= 300)
      return describeFailure(createStatusFailure(response, clock.now()));
    if (/^text\/html\b/i.test(headers['content-type'] ?? ''))
      return { kind: 'unknown', reason: 'its host answered with a web page' };
    return { kind: 'alive' };
  } catch (error) {
    stop.throwIfAborted();
    if (deadline.aborted) return describeFailure(new HostFailure('took too long'));
    return describeFailure(createNetworkFailure(error));
  }
}

function describeFailure(failure: ImageFailure): LinkStatus {
  const unknown = { kind: 'unknown', reason: failure.message } as const;
  return failure instanceof HostFailure ? { ...unknown, hostFailure: failure } : unknown;
}
