/** A copy of a damaged database that SQLite can open, so that the remaining rows can be read. */
import { closeSync, existsSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { copyPrivateFile } from '../durable-files.ts';

const MAGIC = Buffer.from('SQLite format 3\0');
/** The layout of the header: https://www.sqlite.org/fileformat.html#the_database_header */
const HEADER_BYTES = 100;
const CHANGES_AT = 24;
const PAGES_AT = 28;
export const FREE_PAGES_AT = 32;
const VALID_FOR_AT = 92;
/** Our databases never use another page size. */
export const PAGE_BYTES = 4096;

/**
 * Copies a damaged database with its log. An overwritten header is replaced by that of a sound database with the same
 * schema, and a page count larger than the file is corrected.
 * @returns the first page of its freelist; 0 when unknown
 */
export function copyDamaged(file: string, copy: string, sound: string): number {
  copyPrivateFile(file, copy);
  if (existsSync(`${file}-wal`)) copyPrivateFile(`${file}-wal`, `${copy}-wal`);
  const header = readHeader(copy);
  const isKnown = header.subarray(0, MAGIC.length).equals(MAGIC);
  if (!isKnown) readHeader(sound).copy(header);
  const freeFrom = isKnown ? header.readUInt32BE(FREE_PAGES_AT) : 0;
  const pages = Math.floor(statSync(copy).size / PAGE_BYTES);
  if (isKnown && header.readUInt32BE(PAGES_AT) <= pages) return freeFrom;
  header.writeUInt32BE(pages, PAGES_AT);
  header.fill(0, FREE_PAGES_AT, FREE_PAGES_AT + 8); // the freelist can't be trusted
  header.copy(header, VALID_FOR_AT, CHANGES_AT, CHANGES_AT + 4); // makes SQLite accept the page count
  const descriptor = openSync(copy, 'r+');
  writeSync(descriptor, header, 0, HEADER_BYTES, 0);
  closeSync(descriptor);
  return freeFrom;
}

function readHeader(file: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, header, 0, HEADER_BYTES, 0);
  closeSync(descriptor);
  return header;
}
