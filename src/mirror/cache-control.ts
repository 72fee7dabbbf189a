/** Request directives that control freshness (RFC 9111, section 5.2.1). Unknown ones are ignored, as the RFC requires. */

export interface CacheControl {
  /** Refresh an unfinished task before answering, whatever its age. */
  readonly noCache: boolean;
  /** Never contact the upstream. */
  readonly onlyIfCached: boolean;
  /** Overrides the pending TTL. */
  readonly maxAgeMs: number | undefined;
}

const NONE: CacheControl = { noCache: false, onlyIfCached: false, maxAgeMs: undefined };

/** Parses the header. Names are case-insensitive, values bare or quoted; a malformed directive counts as absent. */
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
