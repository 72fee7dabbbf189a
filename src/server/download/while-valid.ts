/** Ends a download whose token has been revoked or has expired. */
import type { Clock } from '../../lib/clock.ts';

/** As often as tokens themselves are read again. */
const CHECK_INTERVAL_MS = 1000;

/** @throws Error when the token no longer counts: the connection is then closed, so that the client knows that the rest is missing */
export async function* sendWhileValid<Chunk>(
  chunks: AsyncIterable<Chunk>,
  isStillValid: () => Promise<boolean>,
  clock: Clock,
): AsyncGenerator<Chunk, void> {
  let checkedMs = clock.monotonic();
  for await (const chunk of chunks) {
    if (clock.monotonic() - checkedMs >= CHECK_INTERVAL_MS) {
      checkedMs = clock.monotonic();
      if (!(await isStillValid())) throw new Error('the token of a download was revoked, or has expired');
    }
    yield chunk;
  }
}
