/** Who sends a request, for queues that serve their callers in turn. */
import type { IncomingMessage } from 'node:http';
import { getClient } from './client.ts';
import { getSourceAddress } from './source-address.ts';

/**
 * All requests with one token are one caller, whatever their addresses; without a token, those of one client are.
 * @param tokenName of the token that was presented
 */
export function getCallerKey(tokenName: string | undefined, request: IncomingMessage): string {
  return tokenName === undefined
    ? `address ${getSourceAddress(getClient(request).address)}`
    : `token ${tokenName}`;
}
