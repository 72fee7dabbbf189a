/**
 * The SQL function `artifact_has_link(document, n, link)`: verifies a row that was found by the hash of a link, because others
 * may have the same hash.
 */
import { tryParseJson } from '../../../lib/parse-json.ts';
import { listArtifacts } from '../../../task/artifacts.ts';
import { isObject } from '../../../task/json-object.ts';
import { normalizeLink } from '../../../task/link.ts';
import type { Sqlite } from '../database.ts';

export function defineLinkFunction({ raw, checkInterrupt }: Sqlite): void {
  raw.function('artifact_has_link', { deterministic: true }, (document, n, link) => {
    checkInterrupt?.();
    const value = tryParseJson(String(document));
    const artifact = isObject(value) ? listArtifacts(value)[Number(n)] : undefined;
    return artifact && normalizeLink(artifact.url) === link ? 1 : 0;
  });
}
