/**
 * Detects damage: documents that differ from their hash, search rows without a document, documents without a search row, counts that
 * differ from the tasks, marks that are not found, collections that can't be read.
 */
import type { AuditFinding } from '../../contract/health.ts';
import { hashText } from '../../rules/text-hash.ts';
import { findWrongCollections } from '../collections/collection-consistency.ts';
import { findWrongCounts } from '../counts.ts';
import type { Sqlite } from '../database.ts';
import { findWrongMarks } from '../marks/find-wrong-marks.ts';
import { DERIVED_ROW, type DerivedRow, differs, readStoredDocument, STABLE_COLUMNS } from './columns.ts';

/** Reads every document once. @returns the inconsistencies found */
export function audit({ raw }: Pick<Sqlite, 'raw'>): AuditFinding[] {
  const findings: AuditFinding[] = [];
  const rows = raw.prepare<[], DerivedRow>(`SELECT ${DERIVED_ROW} FROM tasks`);
  for (const row of rows.iterate()) {
    if (isChanged(row)) findings.push({ id: row.id, problem: 'the document differs from its hash' });
    else if (hasOtherColumns(row))
      findings.push({ id: row.id, problem: 'the columns differ from the document' });
  }
  const unindexed = raw.prepare<[], { id: string }>(
    'SELECT id FROM tasks WHERE position NOT IN (SELECT id FROM prompt_index_docsize)',
  );
  for (const { id } of unindexed.iterate()) findings.push({ id, problem: 'the document has no search row' });
  const orphans = raw.prepare<[], { id: number }>(
    'SELECT id FROM prompt_index_docsize WHERE id NOT IN (SELECT position FROM tasks)',
  );
  for (const { id } of orphans.iterate())
    findings.push({ id: `#${id}`, problem: 'the search row has no document' });
  for (const table of findWrongCounts({ raw }))
    findings.push({ id: table, problem: 'the counts differ from the tasks' });
  return [...findings, ...findWrongMarks({ raw }), ...findWrongCollections({ raw })];
}

export interface HashedDocument {
  readonly id: string;
  readonly document: string;
  readonly hash: Buffer;
}

/** The ids of documents that differ from their hash. */
export function* findChangedDocuments(rows: Iterable<HashedDocument>): Generator<string> {
  for (const row of rows) if (isChanged(row)) yield row.id;
}

export function streamDocuments(raw: Sqlite['raw']): IterableIterator<HashedDocument> {
  return raw.prepare<[], HashedDocument>('SELECT id, document, hash FROM tasks').iterate();
}

function isChanged({ document, hash }: HashedDocument): boolean {
  return !hashText(document).equals(hash);
}

/** Other columns than these may differ until documents have been re-read by the current rules. */
function hasOtherColumns(row: DerivedRow): boolean {
  try {
    return differs(row, readStoredDocument(row), STABLE_COLUMNS);
  } catch {
    return true; // no mirror stores what is not a task document
  }
}
