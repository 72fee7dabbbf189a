/** Detects damage: documents that differ from their hash, search rows without a document, documents without a search row. */
import type { AuditFinding } from '../../contract/health.ts';
import type { Sqlite } from '../database.ts';
import { hashText } from '../text-hash.ts';

/** Reads every document once. @returns the inconsistencies found */
export function audit({ raw }: Pick<Sqlite, 'raw'>): AuditFinding[] {
  const findings: AuditFinding[] = [];
  for (const id of findChangedDocuments(streamDocuments(raw)))
    findings.push({ id, problem: 'the document differs from its hash' });
  const unindexed = raw.prepare<[], { id: string }>(
    'SELECT id FROM tasks WHERE position NOT IN (SELECT id FROM prompt_index_docsize)',
  );
  for (const { id } of unindexed.iterate()) findings.push({ id, problem: 'the document has no search row' });
  const orphans = raw.prepare<[], { id: number }>(
    'SELECT id FROM prompt_index_docsize WHERE id NOT IN (SELECT position FROM tasks)',
  );
  for (const { id } of orphans.iterate())
    findings.push({ id: `#${id}`, problem: 'the search row has no document' });
  return findings;
}

export interface HashedDocument {
  readonly id: string;
  readonly document: string;
  readonly hash: Buffer;
}

/** The ids of documents that differ from their hash. */
export function* findChangedDocuments(rows: Iterable<HashedDocument>): Generator<string> {
  for (const { id, document, hash } of rows) if (!hashText(document).equals(hash)) yield id;
}

export function streamDocuments(raw: Sqlite['raw']): IterableIterator<HashedDocument> {
  return raw.prepare<[], HashedDocument>('SELECT id, document, hash FROM tasks').iterate();
}
