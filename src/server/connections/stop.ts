/** The orderly end of a server. */
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { InFlight } from './in-flight.ts';

/**
 * Takes no new connection, and closes. Answers that are under way are taken by their clients to the end; connections that idle
 * are not waited for.
 *
 * @param graceMs what is still under way after this is cut off
 */
export async function stopServer(server: Server, underWay: InFlight, graceMs: number): Promise<void> {
  // `close` of an HTTP server takes a connection for idle whose client has not yet read what it was sent.
  const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
  const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
  await underWay.ended();
  clearTimeout(cutOff);
  server.closeAllConnections();
  await closed;
}
