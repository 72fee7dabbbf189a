/**
 * Requests to where a stranger's link leads, without being led to this machine or its network (server-side request
 * forgery). Every hop of a redirect is checked anew, on the address that is really connected to.
 */
import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import { ForbiddenAddress, isPublicAddress, lookUpPublicAddress } from './addresses.ts';
import { type HttpRequest, sendRequest } from './http-request.ts';

export interface SafeFetch {
  /**
   * @param maxRedirects how many are followed; beyond it, a redirect is the answer
   * @throws ForbiddenAddress, or the system's error
   */
  fetch(
    url: string,
    request: Omit<HttpRequest, 'lookup' | 'agents'> & { maxRedirects: number },
  ): Promise<IncomingMessage>;
  close(): void;
}

/** Below this, other services listen. */
const FIRST_FREE_PORT = 1024;

/** @param allowHosts `name` or `name:port`, reached although their addresses are private */
export function createSafeFetch(allowHosts: readonly string[]): SafeFetch {
  const allowed = new Set(allowHosts.map((host) => host.toLowerCase()));
  const agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true }),
  };

  /** @throws ForbiddenAddress @returns whether the link may lead anywhere */
  const isTrusted = (url: URL): boolean => {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new ForbiddenAddress('its link is neither http nor https');
    if (url.username !== '' || url.password !== '')
      throw new ForbiddenAddress('its link has a user name in it');
    const port = Number(url.port || (url.protocol === 'http:' ? 80 : 443));
    if (allowed.has(url.hostname) || allowed.has(`${url.hostname}:${port}`)) return true;
    if (url.port !== '' && port < FIRST_FREE_PORT)
      throw new ForbiddenAddress('its link leads to the port of another service');
    // A socket looks no literal up, so it is checked here; the URL parser has made 0x7f.1 and 2130706433 plain.
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
        const answer = await sendRequest(url, { ...request, ...lookup, agents });
        const { location } = answer.headers;
        const isRedirect = isRedirection(answer) && location !== undefined;
        if (!isRedirect || hops >= maxRedirects) return answer;
        answer.destroy();
        url = parseUrl(location, url);
      }
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Whether an answer sends its client elsewhere. */
export function isRedirection({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 300 && statusCode < 400;
}

function parseUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new ForbiddenAddress('its link is no address');
  return new URL(text, base);
}
