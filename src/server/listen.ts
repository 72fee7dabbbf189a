/** The server on its port: limits for slow clients, and an orderly end. */

import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { ApiError } from '../api-error.ts';
import type { Config } from '../config.ts';
import { createApp } from './app.ts';
import { errorAnswer } from './errors.ts';
import { createFastLane } from './fast-lane.ts';
import { createGate } from './gate.ts';
import type { ServerParts } from './parts.ts';

export interface RunningServer {
  /** With the base path, without a slash at the end. */
  readonly url: string;
  /** Takes nothing new, lets requests under way end, then closes. */
  stop(): Promise<void>;
}

/** A query of 1,000 characters of any script fits well. */
const MAX_HEADER_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** A request that is still under way after this is cut off. */
const GRACE_MS = 10_000;

/** Listens. @throws the system's error when the address can't be had */
export async function listen(parts: ServerParts & { config: Pick<Config, 'port'> }): Promise<RunningServer> {
  let isStopping = false;
  const gate = createGate(parts.config);
  const takeFastLane = createFastLane(parts, gate);
  const takeHono = getRequestListener(createApp(parts, gate, () => isStopping).fetch);
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: 5000,
  };
  const server = createServer(limits, (request, response) => {
    if (!takeFastLane(request, response)) void takeHono(request, response);
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
    stop: () => {
      isStopping = true;
      return close(server);
    },
  };
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
  const { body } = errorAnswer(new ApiError(400, 'bad_request', message), { method: '', path: '' }, log);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}
