/** Reads what identifies a generated file: its link, or the SHA-256 of its bytes. */
import { tryParseUrl } from '../lib/parse-url.ts';
import { isLink, normalizeLink } from '../task/link.ts';

/** An image or video with this link or with this hash; at least one is defined. */
export interface ArtifactMatch {
  readonly kind: 'artifact';
  /** Normalized. */
  readonly link: string | undefined;
  /** Lower-case hex. */
  readonly sha256: string | undefined;
}

/** A hash alone or at the end of a path: the mirror's own `/images/` and `/thumbs/` have it, and so have archived files. */
const HASH = /(?:^|[/\\])([0-9a-f]{64})(?:\.[a-z0-9]{1,5})?(?:[?#].*)?$/i;

/** @returns undefined if the text is neither a link nor a hash */
export function parseArtifact(text: string): ArtifactMatch | undefined {
  const link = isLink(text) && tryParseUrl(text) ? normalizeLink(text) : undefined;
  const sha256 = HASH.exec(text)?.[1]?.toLowerCase();
  return link === undefined && sha256 === undefined ? undefined : { kind: 'artifact', link, sha256 };
}
