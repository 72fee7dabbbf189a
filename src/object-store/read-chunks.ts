/** Reads a response that must not stop in the middle. */
import type { IncomingMessage } from 'node:http';

/** Without a byte, while somebody waits for one. */
const IDLE_TIMEOUT_MS = 20_000;

/** @throws the system's error, or a TimeoutError when nothing comes; a slow reader has all the time it wants */
export async function* readChunks(response: IncomingMessage): AsyncGenerator<Buffer, void> {
  const chunks = (response as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  for (;;) {
    const timer = setTimeout(
      () => response.destroy(new DOMException('nothing came', 'TimeoutError')),
      IDLE_TIMEOUT_MS,
    );
    const next = await chunks.next().finally(() => clearTimeout(timer));
    if (next.done) return;
    yield next.value;
  }
}
