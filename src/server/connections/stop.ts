/** Graceful shutdown of a server. */
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { InFlight } from './in-flight.ts';

/**
 * Accepts no new connections, waits until the requests in flight are complete, then closes. Idle connections are not waited
 * for.
 * @param graceMs requests still in flight after this are aborted
 */
export async function stopServer(server: Server, inFlight: InFlight, graceMs: number): Promise<void> {
  // An HTTP server's own `close` treats a connection as idle although its client hasn't read the whole response.
  const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
  const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
  await inFlight.waitUntilIdle();
  clearTimeout(cutOff);
  server.closeAllConnections();
  await closed;
}
