/** Keeps marks with their task: at its position, and in its search row. When a stored task is removed, a trigger removes its marks (0014). */
import { eq, sql } from 'drizzle-orm';
import { parseMarkRow } from '../../rules/mark-row.ts';
import { createMarkTerms } from '../../rules/mark-terms.ts';
import type { Sqlite } from '../database.ts';
import { marks } from '../schema.ts';

export interface MarkPlacement {
  /**
   * Inside a transaction: a task is being stored, whose marks may have been kept while it was lost.
   * @returns their terms for its search row; empty without marks
   */
  attach(id: string, position: number): string;
  /** The terms of a task's marks for its search row. */
  readTerms(id: string): string;
  /** Inside a transaction: an id is forgotten, whether or not its task is stored. */
  forget(id: string): void;
  /** Inside a transaction: a task has moved. */
  move(from: number, to: number): void;
}

export function createMarkPlacement({ raw, drizzle }: Pick<Sqlite, 'raw' | 'drizzle'>): MarkPlacement {
  const select = drizzle
    .select()
    .from(marks)
    .where(eq(marks.id, sql.placeholder('id')))
    .prepare();
  const attach = raw.prepare<[number, string]>(
    'UPDATE marks SET position = CAST(? AS INTEGER) WHERE id = ? AND position IS NULL',
  );
  const forget = raw.prepare<[string]>('DELETE FROM marks WHERE id = ?');
  const move = raw.prepare<[number, number]>(
    'UPDATE marks SET position = CAST(? AS INTEGER) WHERE position = CAST(? AS INTEGER)',
  );
  const isKnown = raw.prepare<[string]>('SELECT 1 FROM marks WHERE id = ?');
  const readTerms = (id: string): string => {
    // Asked for with every task that is stored, and few have marks: the builder's statement takes five times as long.
    const row = isKnown.get(id) === undefined ? undefined : select.get({ id });
    return row ? createMarkTerms(parseMarkRow(row)) : '';
  };
  return {
    attach: (id, position) => {
      if (isKnown.get(id) === undefined) return '';
      attach.run(position, id);
      return readTerms(id);
    },
    readTerms,
    forget: (id) => {
      forget.run(id);
    },
    move: (from, to) => {
      move.run(to, from);
    },
  };
}
