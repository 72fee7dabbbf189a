/** The server on its port: limits for slow clients, and an orderly end. */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Config } from '../config.ts';
import { createApp } from './app.ts';
import type { ServerParts } from './parts.ts';

export interface RunningServer {
  /** With the base path, without a slash at the end. */
  readonly url: string;
  /** Takes nothing new, lets requests under way end, then closes. */
  stop(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** A request that is still under way after this is cut off. */
const GRACE_MS = 10_000;

/** Listens. @throws the system's error when the address can't be had */
export async function listen(parts: ServerParts & { config: Pick<Config, 'port'> }): Promise<RunningServer> {
  let isStopping = false;
  const app = createApp(parts, () => isStopping);
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 5000,
    },
  }) as Server;

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
