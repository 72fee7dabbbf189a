/** Noting when the upstream asks for silence. */
import type { Asking } from '../upstream/client.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { blockAfter } from './blocking.ts';
import type { MirrorParts } from './parts.ts';

/**
 * Sends a request, and remembers a `Retry-After` of its answer. Only for the mirror's own token: a caller's limits are the
 * caller's.
 * @throws UpstreamError whatever the request throws
 */
export async function politely<T>(parts: MirrorParts, asking: Asking, request: () => Promise<T>): Promise<T> {
  if (asking.token !== parts.upstreamToken) return request();
  try {
    return await request();
  } catch (error) {
    if (error instanceof UpstreamError && error.status === 429)
      await blockAfter(parts, 'rate-limited', error);
    throw error;
  }
}
