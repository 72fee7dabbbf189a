/** The SQL function `artifact_has_link(document, n, link)` (see rules/artifact-link.ts). */
import { hasLink } from '../../rules/artifact-link.ts';
import type { Sqlite } from '../database.ts';

export function defineLinkFunction({ raw, checkInterrupt }: Sqlite): void {
  raw.function('artifact_has_link', { deterministic: true }, (document, n, link) => {
    checkInterrupt?.();
    return hasLink(String(document), Number(n), String(link)) ? 1 : 0;
  });
}
