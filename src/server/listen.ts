/** The server on its port, with limits for slow clients. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { BadSetting, type Config, isLoopback } from '../config/config.ts';
import { SETTINGS } from '../config/setting-table.ts';
import { pathPrefix } from '../lib/base-path.ts';
import { createApp } from './app.ts';
import { createAccessControl } from './auth/access.ts';
import { createGate } from './auth/gate.ts';
import { answerNeverRouted, refuseTarget } from './connections/never-routed.ts';
import { stopServer } from './connections/stop.ts';
import { createUnderWay } from './connections/under-way.ts';
import { createFastLane } from './drop-in/fast-lane.ts';
import { createObserve } from './monitoring/observing.ts';
import type { ServerParts } from './parts.ts';

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
  parts: ServerParts & { config: Pick<Config, 'port'> },
  limits: ConnectionLimits = LIMITS,
): Promise<RunningServer> {
  let isStopping = false;
  const control = createAccessControl(parts);
  const needsToken = await control.needsToken();
  if (!needsToken && !isLoopback(parts.config.host)) throw openToTheWorld(parts.config.host);
  const gate = createGate(parts.config, control, parts, () => isStopping);
  const observe = createObserve(parts);
  const takeFastLane = createFastLane(parts, gate, observe);
  const app = createApp(parts, { gate, observe, isStopping: () => isStopping });
  const takeHono = getRequestListener(app.fetch, { errorHandler: refuseTarget(parts.log) });
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requireHostHeader: false, // the gate sees to it
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(5000, limits.headersMs / 2),
  };
  const underWay = createUnderWay(limits.pipelined);
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
  answerNeverRouted(server, MAX_HEADER_BYTES, parts.log);

  const { host, port, basePath } = parts.config;
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
    url: `http://${shown}:${actualPort}${pathPrefix(basePath)}`,
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
