/** The request directives that steer freshness (RFC 9111, section 5.2.1). Others are ignored, as the RFC asks. */

export interface CacheControl {
  /** Refresh an unfinished task first, whatever its age. */
  readonly noCache: boolean;
  /** Never ask the upstream. */
  readonly onlyIfCached: boolean;
  /** In place of the pending TTL. */
  readonly maxAgeMs: number | undefined;
}

const NONE: CacheControl = { noCache: false, onlyIfCached: false, maxAgeMs: undefined };

/** Reads the header; names in any case, the value bare or quoted, an unreadable directive as absent. */
export function parseCacheControl(header: string | undefined): CacheControl {
  if (!header) return NONE;
  const directives = new Map(
    header.split(',').map((directive) => {
      const [name = '', value = ''] = directive.split('=', 2);
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')] as const;
    }),
  );
  const maxAge = directives.get('max-age');
  return {
    noCache: directives.has('no-cache'),
    onlyIfCached: directives.has('only-if-cached'),
    maxAgeMs: maxAge !== undefined && /^\d{1,10}$/.test(maxAge) ? Number(maxAge) * 1000 : undefined,
  };
}
