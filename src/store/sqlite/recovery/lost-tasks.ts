/** Recovers tasks on pages that no B-tree references any more: found in the raw bytes, accepted if they match their hash. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { hashText } from '../../rules/text-hash.ts';
import { runInTransaction, type Sqlite } from '../database.ts';
import { FREE_PAGES_AT, PAGE_BYTES } from './damaged-copy.ts';
import { insertAll } from './insert-rows.ts';
import { type Column, type Pages, readLeafRows } from './leaf-pages.ts';
import type { Row } from './readable-rows.ts';

/**
 * Adds lost tasks that are neither stored nor deleted in the target.
 * @param file the damaged database, with an empty log
 * @param freeFrom the first page of its freelist, whose pages hold deleted or replaced rows; 0: unknown
 * @returns the number of tasks added
 */
export function saveLostTasks(target: Sqlite, file: string, freeFrom: number): number {
  const columns = listColumns(target, 'tasks');
  const seen = createVersionLookup(target);
  const descriptor = openSync(file, 'r');
  try {
    const pages = createPageReader(descriptor, Math.floor(statSync(file).size / PAGE_BYTES));
    const head = pages.page(1)?.readUInt32BE(FREE_PAGES_AT) ?? 0;
    const free = readFreePages(pages, head === 0 ? freeFrom : head);
    let saved = 0;
    runInTransaction(target, () => {
      for (const row of readLeafRows(pages, columns, seen.isNewer, (page) => free.has(page)))
        if (hasValidHash(row)) saved += seen.replaceBy(row);
    });
    return saved;
  } finally {
    closeSync(descriptor);
  }
}

/** Whether a row's document matches its hash. */
export function hasValidHash({ document, hash }: Row): boolean {
  return typeof document === 'string' && Buffer.isBuffer(hash) && hashText(document).equals(hash);
}

/** The columns of a table in record order. @throws Error for a type that leaf-pages.ts can't read */
export function listColumns({ raw }: Sqlite, table: string): Column[] {
  const info = raw.pragma(`table_info(${table})`) as {
    name: string;
    type: string;
    notnull: number;
    dflt_value: string | null;
    pk: number;
  }[];
  return info.map(({ name, type, notnull, dflt_value: defaultValue, pk }) => {
    const kind = type.toLowerCase();
    if (kind !== 'integer' && kind !== 'text' && kind !== 'blob')
      throw new Error(`column ${name} of ${table} is of the type ${type}, which can't be read from pages`);
    return {
      name,
      kind,
      isKey: pk === 1 && kind === 'integer',
      isRequired: notnull === 1,
      hasDefault: defaultValue !== null,
    };
  });
}

/** Pages keep older versions of a task: one that was found here is replaced only by a later version. */
function createVersionLookup(target: Sqlite) {
  const stored = target.raw.prepare<[unknown], object>('SELECT 1 FROM tasks WHERE id = ?');
  const tombstone = target.raw
    .prepare<[unknown], number>('SELECT request_seq FROM removed WHERE id = ?')
    .pluck();
  const remove = target.raw.prepare('DELETE FROM tasks WHERE id = ?');
  const found = new Map<unknown, Row>();
  const isNewer = (row: Row): boolean => {
    if (typeof row.id !== 'string' || row.id === '') return false;
    const other = found.get(row.id);
    if (other) return isLater(row, other);
    return !stored.get(row.id) && Number(row.request_seq) > (tombstone.get(row.id) ?? -1);
  };
  return {
    isNewer,
    /** @returns the change in the number of tasks */
    replaceBy: (row: Row): number => {
      const replaced = found.has(row.id) ? remove.run(row.id).changes : 0;
      const { document: _, ...head } = row;
      found.set(row.id, head);
      return insertAll(target, 'tasks', [row]) - replaced;
    },
  };
}

/** A finished version beats an unfinished one; otherwise the later request wins. */
function isLater(row: Row, other: Row): boolean {
  const rank = ({ state }: Row) => (state === 'pending' ? 0 : 1);
  if (rank(row) !== rank(other)) return rank(row) > rank(other);
  return Number(row.request_seq) > Number(other.request_seq);
}

function createPageReader(descriptor: number, count: number): Pages {
  return {
    count,
    page: (number) => {
      if (number < 1 || number > count) return undefined;
      const page = Buffer.allocUnsafe(PAGE_BYTES);
      return readSync(descriptor, page, 0, PAGE_BYTES, (number - 1) * PAGE_BYTES) === PAGE_BYTES
        ? page
        : undefined;
    },
  };
}

/** https://www.sqlite.org/fileformat.html#the_freelist */
function readFreePages(pages: Pages, head: number): Set<number> {
  const free = new Set<number>();
  for (let trunk = head; trunk !== 0 && !free.has(trunk); ) {
    const page = pages.page(trunk);
    if (page === undefined) break;
    free.add(trunk);
    const count = Math.min(page.readUInt32BE(4), PAGE_BYTES / 4 - 2);
    for (let n = 0; n < count; n += 1) free.add(page.readUInt32BE(8 + 4 * n));
    trunk = page.readUInt32BE(0);
  }
  return free;
}
