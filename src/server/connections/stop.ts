/** The orderly end of a server. */
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { UnderWay } from './under-way.ts';

/**
 * Answers that are under way are taken by their clients to the end; connections that idle are not waited for.
 *
 * @param graceMs what is still under way after this is cut off
 * @returns a function that takes no new connection, waits, and closes
 */
export function createStop(server: Server, underWay: UnderWay, graceMs: number): () => Promise<void> {
  let isStopping = false;
  server.prependListener('request', (_, response: ServerResponse) => {
    // A client that keeps asking on a connection that it has would hold the end up.
    if (isStopping) response.setHeader('connection', 'close');
  });

  return async () => {
    isStopping = true;
    // `close` of an HTTP server takes a connection for idle whose client has not yet read what it was sent.
    const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
    await underWay.ended();
    clearTimeout(cutOff);
    server.closeAllConnections();
    await closed;
  };
}
