/** Serves a client on the standard streams, until it closes them and has its answers. */
import { PassThrough } from 'node:stream';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { createAnsweredTransport } from './answered-transport.ts';
import { createMcpServer } from './create-server.ts';
import type { MirrorAccess } from './mirror-access.ts';

/** What is not answered so long after the input has ended is given up: the longest tool, a synchronisation, may take as long. */
const MAX_WAIT_MS = 60_000;

/** @param onError told of every error that the client must not see */
export async function serveMcpOnStdio(
  mirror: MirrorAccess,
  onError: (error: unknown) => void,
): Promise<void> {
  // The library drops what is under way when its input ends, so that it does not see that.
  const input = new PassThrough();
  process.stdin.pipe(input, { end: false });
  const transport = createAnsweredTransport(new StdioServerTransport(input, process.stdout));
  const handle = serveStdio(() => createMcpServer({ mirror, onError }), { transport, onerror: onError });
  const ended = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
  });
  // The library closes by itself at a message that is too long, and when its output is gone.
  let isOpen = true;
  const closed = transport.closed.then(() => {
    isOpen = false;
  });
  await Promise.race([ended, closed]);
  input.write('\n'); // a last line may lack it
  do await setImmediate();
  while (isOpen && input.readableLength > 0);
  await waitAtMost(MAX_WAIT_MS, transport.waitForAnswers());
  await handle.close();
  process.stdin.destroy();
}

/** Keeps the process alive meanwhile: what searches in a thread does not. */
async function waitAtMost(ms: number, done: Promise<void>): Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  await Promise.race([done, setTimeout(ms, undefined, { signal })]).finally(() => ending.abort());
}
