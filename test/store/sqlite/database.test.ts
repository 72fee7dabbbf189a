import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/sqlite/database.ts';
import { temporaryDirectory } from '../../helpers/test-mirror.ts';

function listOpenFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(join('/proc/self/fd', fd))];
    } catch {
      return []; // it was the one of the listing
    }
  });
}

test.runIf(process.platform === 'linux')('a file that is no database is not left open', () => {
  const file = join(temporaryDirectory(), 'mirror.db');
  writeFileSync(file, 'no database '.repeat(1000));
  expect(() => openDatabase(file, { readonly: false, isMapped: false })).toThrow('not a database');
  expect(listOpenFiles()).not.toContain(file);
});
