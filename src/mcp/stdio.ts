/** Serves a client on the standard streams, until it closes them. */
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createMcpServer } from './create-server.ts';
import type { MirrorAccess } from './mirror-access.ts';

/** @param onError told of every error that the client must not see */
export async function serveMcpOnStdio(
  mirror: MirrorAccess,
  onError: (error: unknown) => void,
): Promise<void> {
  const handle = serveStdio(() => createMcpServer({ mirror, onError }), { onerror: onError });
  await new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
  });
  await handle.close();
}
