/** What every request passes first: `Host`, `Origin`, token. */
import type { IncomingMessage } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import type { Config } from '../config.ts';
import { CALLBACK_PATH } from '../generation/callbacks.ts';
import { bearerToken, createTokenCheck } from './auth.ts';
import { createHostCheck } from './hosts.ts';
import type { ServerEnv } from './parts.ts';

/** Probes come without a token, and learn nothing that is secret. */
const OPEN_PATHS = new Set(['/healthz', '/readyz']);

/** The upstream has no token of ours; the key in the path is its password. */
function isOpen(path: string): boolean {
  return OPEN_PATHS.has(path) || path.startsWith(`${CALLBACK_PATH}/`);
}

/**
 * Lets a request in, or throws ApiError 401 or 403.
 * @returns the caller's token where it may be sent to the upstream
 */
export type Gate = (request: IncomingMessage, path: string) => string | undefined;

export function createGate(
  config: Pick<Config, 'host' | 'allowedHosts' | 'allowedOrigins' | 'tokens' | 'basePath' | 'callbackUrl'>,
): Gate {
  const checkHost = createHostCheck(config);
  const checkToken = createTokenCheck(config.tokens);
  const prefix = config.basePath === '/' ? '' : config.basePath;

  return ({ headers, rawHeaders, method = 'GET' }, path) => {
    checkHost({
      hosts: hostHeaders(rawHeaders),
      origin: headers.origin,
      fetchSite: headers['sec-fetch-site'] as string | undefined,
      fetchMode: headers['sec-fetch-mode'] as string | undefined,
      method,
    });
    if (!isOpen(path.slice(prefix.length))) checkToken(headers.authorization);
    // With tokens of our own, what the caller presents is one of them and must never leave the house.
    return config.tokens.length === 0 ? bearerToken(headers.authorization) : undefined;
  };
}

/** The gate in front of Hono's routes. */
export function gateMiddleware(gate: Gate): MiddlewareHandler<ServerEnv> {
  return (c, next) => {
    c.set('callerToken', gate(c.env.incoming, c.req.path));
    return next();
  };
}

/** All of them: Node's parsed headers keep the first and hide a second. */
function hostHeaders(rawHeaders: readonly string[]): string[] {
  const hosts: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts.push(rawHeaders[at + 1] ?? '');
  }
  return hosts;
}
