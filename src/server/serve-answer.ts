/** A served answer as an HTTP response, with `Cache-Status` (RFC 9211) and `Age` (RFC 9111, section 5.1). */
import type { StatusCode } from 'hono/utils/http-status';
import type { CacheStatus, Served } from '../mirror/served.ts';
import type { ServerContext } from './parts.ts';

/** Writes the body as it is, without looking into it. */
export function serveAnswer(c: ServerContext, served: Served): Response {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'cache-status': cacheStatusHeader(served.cacheStatus),
    ...served.headers,
  };
  if (served.ageSeconds !== undefined) headers.age = String(served.ageSeconds);
  return c.newResponse(served.body as string | Uint8Array<ArrayBuffer>, served.status as StatusCode, headers);
}

/** `flux-mirror; hit; detail=stale-if-error`, `flux-mirror; fwd=miss; stored` … */
export function cacheStatusHeader({ hit, fwd, stored, collapsed, detail }: CacheStatus): string {
  let header = 'flux-mirror';
  if (hit) header += '; hit';
  if (fwd) header += `; fwd=${fwd}`;
  if (stored) header += '; stored';
  if (collapsed) header += '; collapsed';
  if (detail) header += `; detail=${detail}`;
  return header;
}
