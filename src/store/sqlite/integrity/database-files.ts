/** The files of a database that no process has open. */
import { rmSync } from 'node:fs';

/** Suffixes of the files that SQLite keeps beside a database. */
export const COMPANIONS = ['-wal', '-shm', '-journal'] as const;

/** Removes a database and its companion files; missing ones are ignored. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', ...COMPANIONS]) rmSync(`${file}${suffix}`, { force: true });
}
