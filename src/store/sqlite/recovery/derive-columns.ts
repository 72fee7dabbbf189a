/**
 * Derives the columns of a restored copy from its documents again. Hashes cover the documents only: with another user in a
 * column, a token limited to that user would find the task.
 */
import type { Sqlite } from '../database.ts';
import { createImageStore } from '../images.ts';
import {
  DERIVED_ROW,
  type DerivedRow,
  differs,
  isMisplaced,
  readStoredDocument,
} from '../integrity/columns.ts';
import { createMarkPlacement } from '../marks/mark-placement.ts';
import { createMetadata } from '../metadata.ts';
import { computeMaxDisplacement, createPlacement } from '../placement.ts';
import { createSearchRows } from '../search/search-rows.ts';
import { createWordStore } from '../search/words.ts';
import { prepareTaskStatements } from '../task-statements.ts';
import { createTaskWriter } from '../task-writer.ts';
import { createTracking } from '../tracking.ts';
import { quote } from './schema-check.ts';

const BATCH_SIZE = 500;

/**
 * Reads every document once, and updates only rows that differ. Runs in the caller's transaction.
 * @param db has the current schema, and rows of the right types
 * @returns the first task that no mirror could have stored, human-readable; undefined if there is none
 */
export function deriveColumns(db: Sqlite, nowMs: number): string | undefined {
  const metadata = createMetadata(db);
  const statements = prepareTaskStatements(db);
  const words = createWordStore(db);
  const images = createImageStore(db);
  const writer = createTaskWriter({
    statements,
    placement: createPlacement(statements, metadata),
    tracking: createTracking(db, 'restore'),
    words,
    images,
    marks: createMarkPlacement(db),
    finishQueue: { add: () => undefined }, // a restore tells nobody
    searchRows: createSearchRows(db),
  });

  /** @returns whether its document is one, and has its id */
  const deriveRow = (row: DerivedRow): boolean => {
    const task = tryReadDocument(row);
    if (task?.id !== row.id) return false;
    const moves = isMisplaced(row, task);
    const isSame = !moves && !differs(row, task);
    if (!isSame || row.cost !== (task.cost ?? null))
      writer.reread(task, moves ? { ...row, createdAt: Number.NaN } : row, { isSame, nowMs });
    return true;
  };

  const some = db.raw.prepare<[number], DerivedRow>(
    `SELECT ${DERIVED_ROW} FROM tasks WHERE position > CAST(? AS INTEGER) ORDER BY position LIMIT ${BATCH_SIZE}`,
  );
  for (let after = -1; ; ) {
    const rows = some.all(after);
    let foreign: DerivedRow | undefined;
    words.transaction(() => {
      foreign = rows.find((row) => !deriveRow(row));
    });
    if (foreign) return `task ${quote(foreign.id)} is not the one in its document`;
    const last = rows.at(-1);
    if (!last) break;
    after = last.position;
  }
  images.deriveRatios();
  words.flush();
  metadata.set('drift', String(computeMaxDisplacement(db)));
  return undefined;
}

function tryReadDocument(row: DerivedRow) {
  try {
    return readStoredDocument(row);
  } catch {
    return undefined; // the caller refuses it, whatever is wrong with it
  }
}
