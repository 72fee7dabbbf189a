/**
 * Reads rows of a table straight from the bytes of a database file: every table leaf page, whether or not a B-tree still
 * references it. Pure. The layout: https://www.sqlite.org/fileformat.html#b_tree_pages and #record_format
 */
import type { Row } from './readable-rows.ts';

/** A database file, read page by page. */
export interface Pages {
  readonly count: number;
  /** @param number starts at 1 @returns undefined when the page does not exist */
  page(number: number): Buffer | undefined;
}

/** A column as `PRAGMA table_info` reports it, in record order. */
export interface Column {
  readonly name: string;
  readonly kind: 'integer' | 'text' | 'blob';
  /** An alias of the rowid, which is stored before the record. */
  readonly isKey: boolean;
  readonly isRequired: boolean;
  /** Has a default, so a record written before the column was added is complete without it. */
  readonly hasDefault: boolean;
}

const LEAF = 0x0d;
const LEAF_HEADER_BYTES = 8;
/** Integer sizes in bytes, by serial type (1 to 6). */
const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8];

/**
 * @param isWanted called with the columns on the leaf page itself, before overflow pages are read
 * @param isSkipped pages not to read
 * @returns candidates with the shape of these columns; only the hash can confirm that one is a real row
 */
export function* readLeafRows(
  pages: Pages,
  columns: readonly Column[],
  isWanted: (row: Row) => boolean,
  isSkipped: (page: number) => boolean = () => false,
): Generator<Row> {
  for (let number = 2; number <= pages.count; number += 1) {
    if (isSkipped(number)) continue;
    const page = pages.page(number);
    if (page?.readUInt8(0) !== LEAF) continue;
    for (const cell of readCells(page)) {
      const fields = readFields(cell, columns);
      if (fields === undefined || !isWanted(createRow(cell.local, cell.rowid, fields))) continue;
      const payload = readPayload(pages, cell);
      if (payload !== undefined) yield createRow(payload, cell.rowid, fields);
    }
  }
}

interface Cell {
  readonly rowid: number;
  /** Size of the whole record. */
  readonly bytes: number;
  /** The part of the record on the leaf page. */
  readonly local: Buffer;
  /** The first overflow page; 0: none. */
  readonly overflow: number;
}

function* readCells(page: Buffer): Generator<Cell> {
  const count = page.readUInt16BE(3);
  const contentAt = LEAF_HEADER_BYTES + 2 * count;
  if (contentAt > page.length) return;
  for (let n = 0; n < count; n += 1) {
    const at = page.readUInt16BE(LEAF_HEADER_BYTES + 2 * n);
    const cell = at < contentAt ? undefined : readCell(page, at);
    if (cell) yield cell;
  }
}

function readCell(page: Buffer, at: number): Cell | undefined {
  const bytes = readVarint(page, at);
  const rowid = bytes && readVarint(page, bytes.end);
  if (!rowid) return undefined;
  const localBytes = computeLocalBytes(bytes.value, page.length);
  const isSplit = localBytes < bytes.value;
  const end = rowid.end + localBytes;
  if (end + (isSplit ? 4 : 0) > page.length) return undefined;
  return {
    rowid: rowid.value,
    bytes: bytes.value,
    local: page.subarray(rowid.end, end),
    overflow: isSplit ? page.readUInt32BE(end) : 0,
  };
}

/** How many bytes of a table record are stored on its leaf page. */
function computeLocalBytes(bytes: number, pageBytes: number): number {
  const most = pageBytes - 35;
  if (bytes <= most) return bytes;
  const least = Math.floor(((pageBytes - 12) * 32) / 255) - 23;
  const fitting = least + ((bytes - least) % (pageBytes - 4));
  return fitting <= most ? fitting : least;
}

function readPayload(pages: Pages, { local, bytes, overflow }: Cell): Buffer | undefined {
  const parts = [local];
  let missing = bytes - local.length;
  let left = pages.count; // terminates cyclic chains
  for (let next = overflow; missing > 0; left -= 1) {
    if (left === 0) return undefined;
    const page = pages.page(next);
    if (page === undefined) return undefined;
    next = page.readUInt32BE(0);
    const part = page.subarray(4, 4 + missing);
    parts.push(part);
    missing -= part.length;
  }
  return Buffer.concat(parts);
}

interface Field {
  readonly column: Column;
  /** Serial type: the kind and length of the value. */
  readonly serial: number;
  readonly from: number;
  readonly to: number;
}

/** Locates the values of a record; undefined when it does not fit these columns. */
function readFields({ local, bytes }: Cell, columns: readonly Column[]): Field[] | undefined {
  const head = readVarint(local, 0);
  if (!head || head.value > local.length) return undefined;
  const fields: Field[] = [];
  let from = head.value;
  let at = head.end;
  for (const column of columns) {
    // A row written before a column was added ends early, and the column takes its default.
    if (at >= head.value && column.hasDefault) continue;
    const serial = at < head.value ? readVarint(local, at) : { value: 0, end: at };
    if (serial === undefined) return undefined;
    const length = getFieldLength(column, serial.value);
    if (length === undefined) return undefined;
    fields.push({ column, serial: serial.value, from, to: from + length });
    from += length;
    at = serial.end;
  }
  return at === head.value && from === bytes ? fields : undefined;
}

/** In bytes; undefined when the column can't hold a value of this type. */
function getFieldLength({ kind, isKey, isRequired }: Column, serial: number): number | undefined {
  if (serial === 0) return isKey || !isRequired ? 0 : undefined;
  if (kind === 'integer') return serial === 8 || serial === 9 ? 0 : INTEGER_BYTES[serial];
  const isOfKind = serial >= 12 && serial % 2 === (kind === 'text' ? 1 : 0);
  return isOfKind ? Math.floor((serial - 12) / 2) : undefined;
}

/** A row of the values that are complete within these bytes. */
function createRow(payload: Buffer, rowid: number, fields: readonly Field[]): Row {
  const within = fields.filter(({ to }) => to <= payload.length);
  return Object.fromEntries(
    within.map((field) => [field.column.name, field.column.isKey ? rowid : readValue(payload, field)]),
  );
}

function readValue(payload: Buffer, { column, serial, from, to }: Field): number | string | Buffer | null {
  if (serial === 0) return null;
  if (column.kind === 'text') return payload.toString('utf8', from, to);
  if (column.kind === 'blob') return payload.subarray(from, to);
  if (serial >= 8) return serial - 8;
  return to - from === 8 ? Number(payload.readBigInt64BE(from)) : payload.readIntBE(from, to - from);
}

/** https://www.sqlite.org/fileformat.html#varint; ours never exceed the safe integer range. */
function readVarint(bytes: Buffer, at: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let n = 0; n < 8; n += 1) {
    const byte = bytes[at + n];
    if (byte === undefined) return undefined;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return Number.isSafeInteger(value) ? { value, end: at + n + 1 } : undefined;
  }
  return undefined;
}
