/** The server on its port, with limits for slow clients. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { BadSetting, type Config, isLoopback } from '../config/config.ts';
import { SETTINGS } from '../config/setting-table.ts';
import { getPathPrefix } from '../lib/base-path.ts';
import { createApp } from './app.ts';
import { createAccessControl } from './auth/access.ts';
import { createAuth } from './auth/auth.ts';
import { trackInFlight } from './connections/in-flight.ts';
import { answerMalformedRequest, rejectTarget } from './connections/malformed-requests.ts';
import { stopServer } from './connections/stop.ts';
import type { ServerDeps } from './deps.ts';
import { createFastPath } from './drop-in/fast-path.ts';
import { createRequestLog } from './monitoring/request-log.ts';

export interface RunningServer {
  /** With the base path, without a slash at the end. */
  readonly url: string;
  /** Whether callers must have one. */
  readonly needsToken: boolean;
  /** Takes nothing new, lets requests under way end, then closes. */
  stop(): Promise<void>;
}

/** How much of the server one client may take. */
export interface ConnectionLimits {
  /** More are closed as they come. */
  readonly connections: number;
  /** Requests under way on one connection. */
  readonly pipelined: number;
  /** For the headers of a request. */
  readonly headersMs: number;
  /** For the whole request. */
  readonly requestMs: number;
  /** For a client that takes nothing of an answer. An answer that is still to come may take minutes. */
  readonly stalledMs: number;
  /** For requests that are under way when the server stops; then they are cut off. */
  readonly graceMs: number;
}

const LIMITS: ConnectionLimits = {
  connections: 2048,
  pipelined: 64,
  headersMs: 10_000,
  requestMs: 30_000,
  stalledMs: 30_000,
  graceMs: 8000,
};
/** A query of 1,000 characters of any script fits well. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Listens. @throws BadSetting for an address that needs a token where there is none, the system's error when it can't be had */
export async function listen(
  deps: ServerDeps & { config: Pick<Config, 'port'> },
  limits: ConnectionLimits = LIMITS,
): Promise<RunningServer> {
  let isStopping = false;
  const control = createAccessControl(deps);
  const needsToken = await control.needsToken();
  if (!needsToken && !isLoopback(deps.config.host)) throw openToTheWorld(deps.config.host);
  const gate = createAuth(deps.config, control, deps, () => isStopping);
  const observe = createRequestLog(deps);
  const takeFastLane = createFastPath(deps, gate, observe);
  const app = createApp(deps, { gate, observe, isStopping: () => isStopping });
  const takeHono = getRequestListener(app.fetch, { errorHandler: rejectTarget(deps.log) });
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requireHostHeader: false, // the gate sees to it
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(5000, limits.headersMs / 2),
  };
  const underWay = trackInFlight(limits.pipelined);
  const server = createServer(options, (request, response) => {
    if (!underWay.begin(request, response)) return;
    // A client that keeps asking on a connection that it has would hold the end up.
    if (isStopping) response.setHeader('connection', 'close');
    if (!takeFastLane(request, response)) void takeHono(request, response);
  });
  server.maxConnections = limits.connections;
  server.setTimeout(limits.stalledMs, (socket) => {
    if (socket.writableLength > 0) socket.destroy();
  });
  answerMalformedRequest(server, MAX_HEADER_BYTES, deps.log);

  const { host, port, basePath } = deps.config;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host.replace(/^\[(.*)\]$/, '$1'), () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, family, port: actualPort } = server.address() as AddressInfo;
  const shown = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${shown}:${actualPort}${getPathPrefix(basePath)}`,
    needsToken,
    stop: () => {
      isStopping = true;
      return stopServer(server, underWay, limits.graceMs);
    },
  };
}

function openToTheWorld(host: string): BadSetting {
  return new BadSetting(
    `${SETTINGS.host.env} (--${SETTINGS.host.flag}): ${JSON.stringify(host)} is reachable from other machines; allowed: a loopback address, or any once there is a token (\`flux-mirror token new\`, or ${SETTINGS.tokens.env})`,
  );
}
