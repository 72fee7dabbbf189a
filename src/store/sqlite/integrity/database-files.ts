/** A database that nobody has open, as the files that belong to it. */
import { rmSync } from 'node:fs';

/** What SQLite keeps beside a database: its name and one of these. */
export const COMPANIONS = ['-wal', '-shm', '-journal'] as const;

/** Removes a database with everything beside it; what is not there is no mistake. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', ...COMPANIONS]) rmSync(`${file}${suffix}`, { force: true });
}
