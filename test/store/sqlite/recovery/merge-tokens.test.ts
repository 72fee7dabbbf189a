/** Neither a restore nor a rebuild opens a closed mirror, or makes a revoked token valid again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { computeDigest } from '../../../../src/lib/access-token.ts';
import { createAccessControl } from '../../../../src/server/auth/access.ts';
import type { Store } from '../../../../src/store/contract/store.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { backUp } from '../../../../src/store/sqlite/recovery/backup.ts';
import { rebuild } from '../../../../src/store/sqlite/recovery/rebuild.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import { createToken } from '../../../helpers/access-token.ts';
import { runCli } from '../../../helpers/cli.ts';
import { document } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { olderMirror } from '../../../helpers/older-mirror.ts';
import { temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();
const PAGE = 4096;
/** Those before the one that made the table of tokens. */
const MIGRATIONS_BEFORE_TOKENS = 4;
const fileOf = (dataDir: string) => join(dataDir, 'mirror.db');

async function opened<T>(dataDir: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const addToken = (name: string) => async (store: Store) => store.addAccessToken(createToken(name));

/** A mirror with one document. @param names tokens that are made in it */
async function mirror(...names: string[]): Promise<string> {
  const dataDir = temporaryDirectory();
  await opened(dataDir, async (store) => {
    await store.storeDocuments({ documents: [document({ id: 'a' })], requestSeq: 1, fetchedAtMs: 1 });
    for (const name of names) await addToken(name)(store);
  });
  return dataDir;
}

/** Who gets in: is a token needed, and which of these are taken? */
async function accessOf(dataDir: string, ...names: string[]): Promise<[boolean, ...string[]]> {
  return opened(dataDir, async (store) => {
    const access = createAccessControl({ config: { tokens: [] }, store, clock });
    const isNeeded = await access.needsToken();
    const taken: string[] = [];
    for (const name of names) {
      try {
        if ((await access.check(`Bearer ${name}`)).tokenName === name) taken.push(name);
      } catch {
        // refused
      }
    }
    return [isNeeded, ...taken];
  });
}

async function backupOf(dataDir: string): Promise<string> {
  const file = join(temporaryDirectory(), 'backup.db');
  await backUp(dataDir, file);
  return file;
}

/** Zeroes the root page of a table. */
function destroy(dataDir: string, table: string): void {
  const db = new Database(fileOf(dataDir), { readonly: true });
  const root = db.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').pluck().get(table) as number;
  db.close();
  const bytes = readFileSync(fileOf(dataDir));
  bytes.fill(0, (root - 1) * PAGE, root * PAGE);
  writeFileSync(fileOf(dataDir), bytes);
}

describe('restore', () => {
  test('of a backup from before the first token keeps tokens required, and the token valid', async () => {
    const dataDir = await mirror();
    const backup = await backupOf(dataDir);
    await opened(dataDir, addToken('alice'));
    expect(restore(dataDir, backup, clock.now()).tokens).toBe('whole');
    expect(await accessOf(dataDir, 'alice')).toEqual([true, 'alice']);
  });

  test('of a backup from before a token was revoked does not make it valid again', async () => {
    const dataDir = await mirror('alice', 'bob');
    const backup = await backupOf(dataDir);
    await opened(dataDir, async (store) => store.revokeAccessToken('alice', 5));
    restore(dataDir, backup, clock.now());
    expect(await accessOf(dataDir, 'alice', 'bob')).toEqual([true, 'bob']);
  });

  test('of a backup in which a token was revoked revokes it', async () => {
    const dataDir = await mirror('alice');
    const other = temporaryDirectory();
    restore(other, await backupOf(dataDir), clock.now());
    await opened(dataDir, async (store) => store.revokeAccessToken('alice', 5));
    restore(other, await backupOf(dataDir), clock.now());
    expect(await accessOf(other, 'alice')).toEqual([true]);
  });

  test('keeps a deliberately opened mirror open, unless the backup requires a token', async () => {
    const dataDir = await mirror('alice');
    const closed = await backupOf(dataDir);
    await opened(dataDir, async (store) => store.dropTokenRequirement());
    const open = await backupOf(dataDir);
    restore(dataDir, open, clock.now());
    expect(await accessOf(dataDir)).toEqual([false]);
    restore(dataDir, closed, clock.now());
    expect(await accessOf(dataDir, 'alice')).toEqual([true, 'alice']);
    restore(dataDir, open, clock.now());
    expect(await accessOf(dataDir, 'alice')).toEqual([true, 'alice']);
  });

  test('keeps when a token expires', async () => {
    const dataDir = await mirror();
    const backup = await backupOf(dataDir);
    const expiring = { limits: undefined, isReadOnly: false, createdAtMs: 1, revokedAtMs: undefined };
    const hash = computeDigest('alice').toString('hex');
    await opened(dataDir, async (store) =>
      store.addAccessToken({ ...expiring, name: 'alice', hash, expiresAtMs: clock.now() }),
    );
    restore(dataDir, backup, clock.now());
    expect(await accessOf(dataDir, 'alice')).toEqual([true]);
  });

  test('over a database whose tokens can’t be read makes tokens required, and reports it', async () => {
    const dataDir = await mirror('alice');
    const backup = await backupOf(await mirror());
    destroy(dataDir, 'access_tokens');
    const { code, stderr } = await runCli(['restore', backup, '--data-dir', dataDir]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^not all tokens could be read, so callers need one/),
    ]);
    expect(await accessOf(dataDir, 'alice')).toEqual([true]);
  });

  test('over a file that is not a database reports that its tokens are unknown', async () => {
    const dataDir = await mirror();
    const backup = await backupOf(dataDir);
    writeFileSync(fileOf(dataDir), 'notes '.repeat(2000));
    const { code, stderr } = await runCli(['restore', backup, '--data-dir', dataDir]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^could not tell whether the previous database had tokens/),
    ]);
    expect(await accessOf(dataDir)).toEqual([false]);
  });

  test('of a backup of an older version works at once, also for read-only commands', async () => {
    const old = olderMirror(fileOf(await mirror()), MIGRATIONS_BEFORE_TOKENS);
    const dataDir = await mirror('alice');
    restore(dataDir, fileOf(old), clock.now());
    expect(await runCli(['get', 'a', '--data-dir', dataDir])).toMatchObject({ code: 0 });
    expect(await accessOf(dataDir, 'alice')).toEqual([true, 'alice']);
  });
});

describe('doctor --rebuild', () => {
  test('keeps tokens, and keeps them required', async () => {
    const dataDir = await mirror('alice');
    expect(rebuild(dataDir, clock).tokens).toBe('whole');
    expect(await accessOf(dataDir, 'alice')).toEqual([true, 'alice']);
    expect(rebuild(await mirror(), clock).tokens).toBe('whole');
  });

  test('requires no token if the mirror had none', async () => {
    const dataDir = await mirror();
    rebuild(dataDir, clock);
    expect(await accessOf(dataDir)).toEqual([false]);
  });

  test.each(['access_tokens', 'sqlite_master'])(
    'makes tokens required if %s is destroyed, and reports it',
    async (table) => {
      const dataDir = await mirror('alice');
      if (table === 'access_tokens') destroy(dataDir, table);
      else {
        const bytes = readFileSync(fileOf(dataDir));
        bytes.fill(0, 100, PAGE);
        writeFileSync(fileOf(dataDir), bytes);
      }
      const { stderr } = await runCli(['doctor', '--rebuild', '--offline', '--data-dir', dataDir]);
      expect(stderr).toMatch(/^not all tokens could be read, so callers need one now.*token list/m);
      expect(await accessOf(dataDir, 'alice')).toEqual([true]);
    },
  );
});

test('a mirror that had a token still requires one when the table loses it', async () => {
  const dataDir = await mirror('alice');
  const db = new Database(fileOf(dataDir));
  db.exec('DELETE FROM access_tokens');
  db.close();
  expect(await accessOf(dataDir)).toEqual([true]);
});
