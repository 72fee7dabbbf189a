/** The hash by which the task of a link is looked up. */
import { normalizeLink } from '../../task/link.ts';
import { hashText } from './text-hash.ts';

/** First 8 bytes of the SHA-256 of the normalized link. Others may have the same, so a match must be verified. */
export function hashLink(link: string): Buffer {
  return hashText(normalizeLink(link)).subarray(0, 8);
}
