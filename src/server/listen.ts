/** Starts the HTTP server, with limits for slow or greedy clients. */

import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { BadSetting } from '../config/bad-setting.ts';
import type { Config } from '../config/config.ts';
import { SETTINGS } from '../config/setting-table.ts';
import { getPathPrefix } from '../lib/base-path.ts';
import { isLoopback } from '../lib/is-loopback.ts';
import { createApp } from './app.ts';
import { createAccessControl } from './auth/access.ts';
import { createAuth } from './auth/auth.ts';
import { createTokenUse } from './auth/token-use.ts';
import { createClientRecorder } from './connections/client.ts';
import { trackInFlight } from './connections/in-flight.ts';
import { answerMalformedRequest, rejectTarget } from './connections/malformed-requests.ts';
import { stopServer } from './connections/stop.ts';
import type { ServerDeps } from './deps.ts';
import { createFastPath } from './drop-in/fast-path.ts';
import { createPathNormalizer } from './drop-in/path.ts';
import { createEventHub } from './events/event-hub.ts';
import { createRequestLog } from './monitoring/request-log.ts';

export interface RunningServer {
  /** Includes the base path, without a trailing slash. */
  readonly url: string;
  /** Whether callers must present a token. */
  readonly needsToken: boolean;
  /** Accepts no new requests, waits for those in flight, then closes. */
  stop(): Promise<void>;
}

/** Limits on what clients may use of the server. */
export interface ConnectionLimits {
  /** Further connections are closed at once. */
  readonly connections: number;
  /** Requests in flight on one connection. */
  readonly pipelined: number;
  /** Timeout for the headers of a request. */
  readonly headersMs: number;
  /** Timeout for receiving the whole request. */
  readonly requestMs: number;
  /** Timeout for a client that reads nothing of a response being sent. Producing a response may take minutes. */
  readonly stalledMs: number;
  /** How long requests in flight may take when the server stops; then they are aborted. */
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
/** A query of 1,000 characters in any script fits easily. */
const MAX_HEADER_BYTES = 64 * 1024;

/** @throws BadSetting if the host requires a token and none exists; the system's error if listening fails */
export async function listen(
  deps: ServerDeps & { config: Pick<Config, 'port'> },
  limits: ConnectionLimits = LIMITS,
): Promise<RunningServer> {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // one per long response
  const tokenUse = createTokenUse(deps);
  const control = createAccessControl({ ...deps, recordUse: tokenUse.record });
  const needsToken = await control.needsToken();
  if (!needsToken && !isLoopback(deps.config.host)) throw createOpenHostError(deps.config.host);
  const auth = createAuth(deps.config, control, deps, stopping.signal);
  const logRequest = createRequestLog(deps);
  const serveFromFastPath = createFastPath(deps, auth, logRequest);
  const normalizePath = createPathNormalizer(deps.config.basePath);
  const events = createEventHub(deps, stopping.signal);
  const app = createApp(deps, { auth, events, logRequest, stopping: stopping.signal });
  const serveWithHono = getRequestListener(app.fetch, { errorHandler: rejectTarget(deps.log) });
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requireHostHeader: false, // checked by authorize
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(5000, limits.headersMs / 2),
  };
  const recordClient = createClientRecorder(deps.config.trustedProxies);
  const inFlight = trackInFlight(limits.pipelined);
  const server = createServer(options, (request, response) => {
    if (!inFlight.begin(request, response)) return;
    recordClient(request);
    request.url = normalizePath(request.url ?? '/');
    // A client that keeps sending on an open connection would delay the shutdown.
    if (stopping.signal.aborted) response.setHeader('connection', 'close');
    if (!serveFromFastPath(request, response)) void serveWithHono(request, response);
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
    stop: async () => {
      stopping.abort();
      await Promise.all([stopServer(server, inFlight, limits.graceMs), tokenUse.flush()]);
    },
  };
}

function createOpenHostError(host: string): BadSetting {
  return new BadSetting(
    `${SETTINGS.host.env} (--${SETTINGS.host.flag}): ${JSON.stringify(host)} is reachable from other machines; allowed: a loopback address, or any once a token exists (\`flux-mirror token new\`, or ${SETTINGS.tokens.env})`,
  );
}
