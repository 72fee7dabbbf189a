/** The server on its port, with limits for slow clients. */

import { randomUUID } from 'node:crypto';
import { createServer, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { ApiError } from '../api-error.ts';
import { BadSetting, type Config, isLoopback } from '../config.ts';
import { SETTINGS } from '../setting-table.ts';
import { createApp } from './app.ts';
import { errorAnswer } from './errors.ts';
import { createFastLane } from './fast-lane.ts';
import { createAccessControl } from './gate/access.ts';
import { createGate } from './gate/gate.ts';
import { createObserve } from './monitoring/observing.ts';
import type { ServerParts } from './parts.ts';
import { createStop } from './stop.ts';

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
  headersMs: 10_000,
  requestMs: 30_000,
  stalledMs: 30_000,
  graceMs: 10_000,
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
  const gate = createGate(parts.config, control, parts.clock, () => isStopping);
  const observe = createObserve(parts);
  const takeFastLane = createFastLane(parts, gate, observe);
  const takeHono = getRequestListener(
    createApp(parts, { gate, observe, isStopping: () => isStopping }).fetch,
  );
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(5000, limits.headersMs / 2),
  };
  const server = createServer(options, (request, response) => {
    if (!takeFastLane(request, response)) void takeHono(request, response);
  });
  const stop = createStop(server, limits.graceMs);
  server.maxConnections = limits.connections;
  server.setTimeout(limits.stalledMs, (socket) => {
    if (socket.writableLength > 0) socket.destroy();
  });

  server.on('clientError', (error, socket) => refuse(error, socket, parts.log));

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
    url: `http://${shown}:${actualPort}${basePath === '/' ? '' : basePath}`,
    needsToken,
    stop: () => {
      isStopping = true;
      return stop();
    },
  };
}

function openToTheWorld(host: string): BadSetting {
  return new BadSetting(
    `${SETTINGS.host.env} (--${SETTINGS.host.flag}): ${JSON.stringify(host)} is reachable from other machines; allowed: a loopback address, or any once there is a token (\`flux-mirror token new\`, or ${SETTINGS.tokens.env})`,
  );
}

/** What is no HTTP never gets to a route; it is told so in the same shape. */
function refuse(error: Error & { code?: string }, socket: Duplex, log: ServerParts['log']): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, `the address and the headers are larger than ${MAX_HEADER_BYTES} bytes`]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'the request did not come in time']
        : [400, 'this is no HTTP request'];
  const { body } = errorAnswer(
    new ApiError(400, 'bad_request', message),
    { traceId: randomUUID(), method: '', path: '' },
    log,
  );
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}
