/** The orderly end of a server. */
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';

/**
 * Answers that are under way are taken by their clients to the end; connections that idle are not waited for.
 *
 * @param graceMs what is still under way after this is cut off
 * @returns a function that takes no new connection, waits, and closes
 */
export function createStop(server: Server, graceMs: number): () => Promise<void> {
  const underWay = new Set<ServerResponse>();
  let isStopping = false;
  server.prependListener('request', (_, response: ServerResponse) => {
    // A client that keeps asking on a connection that it has would hold the end up.
    if (isStopping) response.setHeader('connection', 'close');
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
  });

  return async () => {
    isStopping = true;
    // `close` of an HTTP server takes a connection for idle whose client has not yet read what it was sent.
    const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
    for (const response of underWay) await new Promise((resolve) => response.once('close', resolve));
    clearTimeout(cutOff);
    server.closeAllConnections();
    await closed;
  };
}
