/**
 * Requests to untrusted links, protected against server-side request forgery: they can't reach this machine or its network.
 * Every redirect hop is checked again, on the address that is actually connected to.
 */
import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import { tryParseUrl } from '../lib/parse-url.ts';
import { ForbiddenAddress, isPublicAddress, lookUpPublicAddress } from './addresses.ts';
import { type HttpRequest, sendRequest } from './http-request.ts';

export interface SafeFetch {
  /**
   * @param maxRedirects how many are followed; beyond it, the redirect itself is returned
   * @throws ForbiddenAddress, or the system's error
   */
  fetch(
    url: string,
    request: Omit<HttpRequest, 'lookup' | 'agents'> & { maxRedirects: number },
  ): Promise<IncomingMessage>;
  close(): void;
}

/** Ports below are reserved for well-known services. */
const MIN_UNPRIVILEGED_PORT = 1024;

/** Wherever the links of several hosts are redirected to. */
const MAX_SOCKETS_PER_HOST = 2;

/**
 * @param allowHosts `name` or `name:port`, allowed although their addresses are private
 * @param options.maxSocketsPerHost further requests to a host wait for these
 */
export function createSafeFetch(
  allowHosts: readonly string[],
  { maxSocketsPerHost = MAX_SOCKETS_PER_HOST }: { readonly maxSocketsPerHost?: number } = {},
): SafeFetch {
  const allowed = new Set(allowHosts.map((host) => host.toLowerCase()));
  const agents = {
    http: new HttpAgent({ keepAlive: true, maxSockets: maxSocketsPerHost }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: maxSocketsPerHost }),
  };

  /** @throws ForbiddenAddress @returns whether the link may also lead to private addresses */
  const isTrusted = (url: URL): boolean => {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new ForbiddenAddress('its link is neither http nor https');
    if (url.username !== '' || url.password !== '')
      throw new ForbiddenAddress('its link has a user name in it');
    const port = Number(url.port || (url.protocol === 'http:' ? 80 : 443));
    if (allowed.has(url.hostname) || allowed.has(`${url.hostname}:${port}`)) return true;
    if (url.port !== '' && port < MIN_UNPRIVILEGED_PORT)
      throw new ForbiddenAddress('its link leads to the port of another service');
    // Sockets don't look up literals, so they are checked here; the URL parser has normalized 0x7f.1 and 2130706433.
    const literal = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(literal) !== 0 && !isPublicAddress(literal))
      throw new ForbiddenAddress('its link leads to a private address');
    return false;
  };

  return {
    fetch: async (first, { maxRedirects, ...request }) => {
      let url = parseUrl(first);
      for (let hops = 0; ; hops += 1) {
        const lookup = isTrusted(url) ? {} : { lookup: lookUpPublicAddress };
        const response = await sendRequest(url, { ...request, ...lookup, agents });
        const { location } = response.headers;
        const isRedirect = isRedirection(response) && location !== undefined;
        if (!isRedirect || hops >= maxRedirects) return response;
        response.destroy();
        url = parseUrl(decodeLocation(location), url);
      }
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Whether a response is a redirect. */
export function isRedirection({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 300 && statusCode < 400;
}

/** Node reads headers as Latin-1, but some servers send UTF-8 there unescaped. */
function decodeLocation(location: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(location, 'latin1'));
  } catch {
    return location; // it was Latin-1
  }
}

function parseUrl(text: string, base?: URL): URL {
  const url = tryParseUrl(text, base);
  if (!url) throw new ForbiddenAddress('its link is not a valid URL');
  return url;
}
