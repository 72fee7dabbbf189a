/** Sending nothing while the upstream asked for silence, and noting when it does. */
import type { Asking } from '../upstream/client.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { activeBlock, blockAfter } from './blocking.ts';
import type { MirrorParts } from './parts.ts';

/**
 * Sends a request unless a `Retry-After` is in force. Only for the mirror's own token: a caller's limits are the
 * caller's.
 * @throws UpstreamError `blocked` with the time that is left, or whatever the request throws
 */
export async function politely<T>(parts: MirrorParts, asking: Asking, request: () => Promise<T>): Promise<T> {
  if (asking.token !== parts.upstreamToken) return request();
  const block = await activeBlock(parts);
  if (block?.reason === 'rate-limited') {
    throw new UpstreamError('blocked', block.message, undefined, block.untilMs - parts.clock.now());
  }
  try {
    return await request();
  } catch (error) {
    if (error instanceof UpstreamError && error.status === 429)
      await blockAfter(parts, 'rate-limited', error);
    throw error;
  }
}
