/** A complete HTTP response as plain values, shared by Hono's routes and the fast path. */
import type { StatusCode } from 'hono/utils/http-status';
import type { CacheStatus, MirrorResponse } from '../mirror/mirror-response.ts';
import type { ServerContext } from './deps.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** Adds `Cache-Status` (RFC 9211) and `Age` (RFC 9111, section 5.1). The body is not parsed. */
export function createAnswer({
  status,
  body,
  cacheStatus,
  ageSeconds,
  headers: forwarded,
}: MirrorResponse): Answer {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    'cache-status': formatCacheStatus(cacheStatus),
    ...forwarded,
  };
  if (ageSeconds !== undefined) headers.age = String(ageSeconds);
  return { status, headers, body };
}

/** Sends an answer through Hono. */
export function respond(c: ServerContext, { status, headers, body }: Answer): Response {
  return c.newResponse(body as string | Uint8Array<ArrayBuffer>, status as StatusCode, headers);
}

/** `flux-mirror; hit; detail=stale-if-error`, `flux-mirror; fwd=miss; stored` … */
function formatCacheStatus({ hit, fwd, stored, collapsed, detail }: CacheStatus): string {
  let header = 'flux-mirror';
  if (hit) header += '; hit';
  if (fwd) header += `; fwd=${fwd}`;
  if (stored) header += '; stored';
  if (collapsed) header += '; collapsed';
  if (detail) header += `; detail=${detail}`;
  return header;
}
