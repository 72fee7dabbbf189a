/** Who sends a request, for queues that serve their callers in turn. */
import type { IncomingMessage } from 'node:http';

/** The name of the token, else the address. @param tokenName of the token that was presented */
export function getCallerKey(tokenName: string | undefined, { socket }: IncomingMessage): string {
  return tokenName === undefined ? `address ${socket.remoteAddress ?? ''}` : `token ${tokenName}`;
}
