/** Entity tags of what may be edited by several at once. https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1 */
import { createBadRequest } from '../lib/api-error.ts';

export function formatEntityTag(version: number): string {
  return `"${version}"`;
}

/**
 * The versions that a request takes as current; undefined if it does not say, or takes any. Weak tags count: a proxy that compresses
 * makes them of ours, and they name the same version.
 * @param header the value of `If-Match`
 * @throws ApiError 400 when it is no list of entity tags
 */
export function readExpectedVersions(header: string | undefined): number[] | undefined {
  const text = header?.trim();
  if (text === undefined || text === '' || text === '*') return undefined;
  return text.split(',').map((tag) => {
    const [, version] = /^(?:W\/)?"(\d{1,16})"$/.exec(tag.trim()) ?? [];
    if (version === undefined)
      throw createBadRequest('"If-Match" must be the ETag of what was read, such as "7"');
    return Number(version);
  });
}
