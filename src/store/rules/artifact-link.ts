/** Verifies what was found by the hash of a link, because others may have the same hash. */
import { tryParseJson } from '../../lib/parse-json.ts';
import { listArtifacts } from '../../task/artifacts.ts';
import { isObject } from '../../task/json-object.ts';
import { normalizeLink } from '../../task/link.ts';

/** Whether an image or video of a document has a link. @param n its number @param link normalized */
export function hasLink(document: string, n: number, link: string): boolean {
  const value = tryParseJson(document);
  const artifact = isObject(value) ? listArtifacts(value)[n] : undefined;
  return artifact !== undefined && normalizeLink(artifact.url) === link;
}
