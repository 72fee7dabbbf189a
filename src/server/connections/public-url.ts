/** The mirror's address for its callers. */
import type { IncomingMessage } from 'node:http';
import { getPathPrefix } from '../../lib/base-path.ts';
import type { ServerDeps } from '../deps.ts';
import { getClient } from './client.ts';

/** @returns the configured public URL, else one with the host that the caller used; without a trailing slash */
export function getPublicUrl(
  { callbackUrl, basePath }: Pick<ServerDeps['config'], 'callbackUrl' | 'basePath'>,
  request: IncomingMessage,
): string {
  const { isSecure, forwardedHost = request.headers.host } = getClient(request);
  return callbackUrl ?? `${isSecure ? 'https' : 'http'}://${forwardedHost}${getPathPrefix(basePath)}`;
}
