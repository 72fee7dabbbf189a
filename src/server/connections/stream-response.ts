/** Sends a body as it is produced. */
import { Readable } from 'node:stream';
import type { Log } from '../../lib/log.ts';
import type { ServerContext } from '../deps.ts';
import { getTraceId } from '../monitoring/trace.ts';

/**
 * Produces chunks as the client reads them. When that fails, the connection is closed: after the head of a response, nothing else tells
 * that the rest is missing.
 * @param signal aborted when the response is not wanted any more: that closes the connection as well
 */
export function createBodyStream(
  { env }: ServerContext,
  chunks: AsyncIterable<string | Uint8Array>,
  { log, signal }: { log: Log; signal: AbortSignal },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  signal.addEventListener('abort', () => env.outgoing.destroy(), { once: true });
  const produce = async function* () {
    try {
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        // What Node's adapter is given is sent, whatever memory it is in.
        yield (typeof chunk === 'string' ? encoder.encode(chunk) : chunk) as Uint8Array<ArrayBuffer>;
      }
    } catch (error) {
      if (!signal.aborted)
        log.warn({ trace_id: getTraceId(env.incoming), err: error }, 'a download was broken off');
      env.outgoing.destroy();
    }
  };
  return Readable.toWeb(Readable.from(produce())) as ReadableStream<Uint8Array<ArrayBuffer>>;
}
