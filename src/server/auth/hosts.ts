/**
 * Checks `Host` and `Origin`. Without the `Host` check any web page could reach a local server by DNS rebinding; without
 * the `Origin` check any page could post to it.
 */

import type { Config } from '../../config/config.ts';
import { ApiError } from '../../lib/api-error.ts';
import { tryParseUrl } from '../../lib/parse-url.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

export interface RequestOrigin {
  /** Every `Host` header of the request. */
  readonly hosts: readonly string[];
  /** The host that the client addressed, if a trusted proxy received the request in the mirror's place. */
  readonly forwardedHost?: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly fetchMode: string | undefined;
  readonly method: string;
  /** Of a page that embeds an image, unless its policy hides it. */
  readonly referer: string | undefined;
  /** Without the base path. */
  readonly path: string;
}

/** Pages embed what is below these without a script, and then send no `Origin`. */
export const EMBEDDABLE_PATHS = ['/images/', '/thumbs/'] as const;

/** Whether a request is of a page of an allowed origin. */
export type PageCheck = (page: Pick<RequestOrigin, 'origin' | 'referer'>) => boolean;

export function createPageCheck(allowedOrigins: readonly string[]): PageCheck {
  const origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
  return ({ origin, referer }) => origins.has((origin ?? parseOrigin(referer) ?? '').toLowerCase());
}

/**
 * Creates the check.
 * @returns a function that throws ApiError 403 for a request that must be rejected
 */
export function createHostCheck(
  config: Pick<Config, 'host' | 'allowedHosts' | 'allowedOrigins' | 'callbackUrl'>,
): (request: RequestOrigin) => void {
  const names = new Set(
    [
      ...LOOPBACK_NAMES,
      config.host,
      config.host.includes(':') ? `[${config.host}]` : config.host,
      ...config.allowedHosts,
      ...(config.callbackUrl === undefined ? [] : [new URL(config.callbackUrl).hostname]),
    ]
      .map((name) => name.toLowerCase())
      .map(stripPort),
  );
  const isAllowed = createPageCheck(config.allowedOrigins);

  return (request) => {
    const { hosts, forwardedHost, origin, fetchSite, fetchMode, method, referer, path } = request;
    // A proxy may pass on what a page has written into a header, so its word alone does not make a host an allowed one.
    const isKnown = [...hosts, ...(forwardedHost === undefined ? [] : [forwardedHost])].every((host) =>
      names.has(stripPort(host.toLowerCase())),
    );
    if (hosts.length !== 1 || !isKnown) {
      throw new ApiError(
        403,
        'forbidden',
        'this Host is not allowed; FLUX_MIRROR_ALLOWED_HOSTS names those that are',
      );
    }
    if (origin !== undefined) {
      if (!hasOwnOrigin(request) && !isAllowed({ origin, referer })) {
        throw new ApiError(
          403,
          'forbidden',
          'this Origin is not allowed; FLUX_MIRROR_ALLOWED_ORIGINS names those that are',
        );
      }
    } else if (fetchSite === 'cross-site' || fetchSite === 'same-site') {
      // Following a link is fine, and so is showing an image in a page that is allowed; any other request in the background is not.
      const isRead = method === 'GET' || method === 'HEAD';
      const isEmbedded =
        EMBEDDABLE_PATHS.some((start) => path.startsWith(start)) && isAllowed({ origin, referer });
      if (!isRead || !(fetchMode === 'navigate' || isEmbedded))
        throw new ApiError(
          403,
          'forbidden',
          'requests of other sites are not allowed; FLUX_MIRROR_ALLOWED_ORIGINS names those that are',
        );
    }
  };
}

/** Whether a request says that it is of a page of the mirror itself. */
function hasOwnOrigin({ hosts: [host = ''], forwardedHost = host, origin }: RequestOrigin): boolean {
  return origin !== undefined && parseHost(origin) === forwardedHost.toLowerCase();
}

/**
 * Whether a request is of a page of the mirror itself, or of no page: only then a cookie counts. An allowed origin presents a token, and
 * must not use the one of whoever looks at it. Browsers tell the origin of every request that may change something.
 */
export function isOwnRequest(request: RequestOrigin): boolean {
  const { origin, fetchSite, fetchMode, method } = request;
  if (origin !== undefined) return hasOwnOrigin(request);
  const isRead = method === 'GET' || method === 'HEAD';
  if (fetchSite === undefined || fetchSite === 'none') return isRead;
  return fetchSite === 'same-origin' || (isRead && fetchMode === 'navigate');
}

function stripPort(host: string): string {
  return host.replace(/:\d*$/, '');
}

/** The origin of a `Referer`; undefined for anything that is no URL. */
function parseOrigin(referer: string | undefined): string | undefined {
  return referer === undefined ? undefined : tryParseUrl(referer)?.origin;
}

/** Host and port of an origin; undefined for `null` and anything that is not an origin. */
function parseHost(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
}
