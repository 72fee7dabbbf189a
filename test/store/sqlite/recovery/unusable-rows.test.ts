/** A backup whose rows the mirror could not use is refused, or loses what is only informational; a damaged database still serves. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readLastBackup } from '../../../../src/backup/last-backup.ts';
import { computeDigest } from '../../../../src/lib/access-token.ts';
import { createAccessControl } from '../../../../src/server/auth/access.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { backUp } from '../../../../src/store/sqlite/recovery/backup.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import { createToken } from '../../../helpers/access-token.ts';
import { runCli } from '../../../helpers/cli.ts';
import { document } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();

let prepared: string | undefined;

/** A mirror with a document, two tokens and a run: a copy of one that is made once. */
async function mirror(): Promise<string> {
  prepared ??= await createMirror();
  const dataDir = temporaryDirectory();
  cpSync(prepared, dataDir, { recursive: true });
  return dataDir;
}

async function createMirror(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'flux-mirror-rows-'));
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  await store.storeDocuments({ documents: [document({ id: 'a' })], requestSeq: 1, fetchedAtMs: 1 });
  for (const name of ['one', 'two']) await store.addAccessToken(createToken(name));
  await store.startRun({ trigger: 'command', startedAtMs: 1 });
  await store.setCheckpoint('last backup', JSON.stringify({ atMs: 5 }));
  await store.close();
  return dataDir;
}

afterAll(() => {
  if (prepared !== undefined) rmSync(prepared, { recursive: true });
});

function alter(file: string, sql: string): void {
  const db = new Database(file);
  try {
    db.unsafeMode(true);
    db.exec(sql);
  } finally {
    db.close();
  }
}

/** A backup with altered rows. */
async function alteredBackup(dataDir: string, sql: string): Promise<string> {
  const backup = join(temporaryDirectory(), 'backup.db');
  await backUp(dataDir, backup);
  alter(backup, sql);
  return backup;
}

const COLLECTED = `INSERT INTO collections (id, name, folded_name, created_at, changed_at, version)
  VALUES ('11111111-2222-4333-8444-555555555555', 'Best', 'best', 1, 1, 1)`;
const PLACED = `${COLLECTED}; INSERT INTO collection_tasks VALUES ('11111111-2222-4333-8444-555555555555', 'a', 0, 1)`;
/** Without the triggers, which would refuse what is not JSON. */
const MARKED = "INSERT INTO marks (id, version, changed_at) VALUES ('a', 1, 1)";

describe('restore refuses', () => {
  test.each<[string, string, string]>([
    ['a token whose limits are no JSON', "UPDATE access_tokens SET user_ids = 'garbage'", 'access_tokens'],
    ['a token limited to what is no text', "UPDATE access_tokens SET user_ids = '[1]'", 'access_tokens'],
    [
      'a token whose limits are no list',
      `UPDATE access_tokens SET user_ids = '{"length":0}'`,
      'access_tokens',
    ],
    ['a token without a SHA-256', "UPDATE access_tokens SET hash = 'zz'", 'access_tokens'],
    ['a token whose hash is in capitals', 'UPDATE access_tokens SET hash = upper(hash)', 'access_tokens'],
    ['a token whose hash is bytes', 'UPDATE access_tokens SET hash = CAST(hash AS BLOB)', 'access_tokens'],
    ['a time that is no date', 'UPDATE tasks SET created_at = 9e18', 'tasks'],
    ['text as a time', "UPDATE tasks SET fetched_at = 'abc'", 'tasks'],
    ['a state that no task has', "UPDATE tasks SET state = 'bogus'", 'tasks'],
    ['a request number that leaves none', 'UPDATE tasks SET request_seq = 9223372036854775807', 'tasks'],
    ['a request counter that leaves none', "UPDATE facts SET value = '9223372036854775807'", 'facts'],
    [
      'an image that is no hash',
      "INSERT INTO images VALUES ('../x', 'image/png', 1, 1, 1, x'', 1, NULL)",
      'images',
    ],
    ['an id that is none', "INSERT INTO tracked (id, tracked_at) VALUES (x'00ff', 1)", 'tracked'],
    ['tags that are no JSON', `${MARKED}; UPDATE marks SET tags = 'garbage'`, 'marks'],
    ['tags that are no texts', `${MARKED}; UPDATE marks SET tags = '[1]'`, 'marks'],
    ['a tag that can be none', `${MARKED}; UPDATE marks SET tags = '["A"]'`, 'marks'],
    ['six stars', `${MARKED}; UPDATE marks SET rating = 6`, 'marks'],
    ['a note that is bytes', `${MARKED}; UPDATE marks SET note = x'00'`, 'marks'],
    [
      'a collection whose limits are no JSON',
      `${COLLECTED}; UPDATE collections SET user_ids = 'x'`,
      'collections',
    ],
    [
      'a collection limited to no text',
      `${COLLECTED}; UPDATE collections SET user_ids = '[1]'`,
      'collections',
    ],
    ['a link that is easily guessed', `${COLLECTED}; UPDATE collections SET link_key = 'x'`, 'collections'],
    ['a name that is compared as another', `${COLLECTED}; UPDATE collections SET name = 'x'`, 'collections'],
    [
      'a name that can be none',
      `${COLLECTED}; UPDATE collections SET name = char(7), folded_name = char(7)`,
      'collections',
    ],
    [
      'a note of a collection that is too long',
      `${COLLECTED}; UPDATE collections SET note = printf('%.*c', 10001, 'x')`,
      'collections',
    ],
    ['a cover that is no id', `${COLLECTED}; UPDATE collections SET cover = ''`, 'collections'],
    ['a collection that is no UUID', `${COLLECTED}; UPDATE collections SET id = '../x'`, 'collections'],
    ['a place that is text', `${PLACED}; UPDATE collection_tasks SET place = 'x'`, 'collection_tasks'],
    ['a place of no task', `${PLACED}; UPDATE collection_tasks SET task_id = ''`, 'collection_tasks'],
    [
      'a search index of an unknown format',
      "UPDATE prompt_index_config SET v = 99 WHERE k = 'version'",
      'the configuration of its search index is not as flux-mirror creates it',
    ],
    [
      'a search index with a function',
      "INSERT INTO prompt_index_config VALUES ('rank', 'nosuch()')",
      'the configuration of its search index',
    ],
  ])('%s, in one line, and changes nothing', async (_name, sql, message) => {
    const dataDir = await mirror();
    const backup = await alteredBackup(
      dataDir,
      `INSERT OR IGNORE INTO facts VALUES ('request-seq', '1'); ${sql}`,
    );
    const into = temporaryDirectory();
    const { code, stderr } = await runCli(['restore', backup, '--data-dir', into]);
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(/^.* can't be restored: .*; nothing was changed$/);
    expect(stderr).toContain(message);
    expect(existsSync(join(into, 'mirror.db'))).toBe(false);
  });
});

test('a restore drops runs, words and checkpoints that can’t be read, and the next run has a number', async () => {
  const backup = await alteredBackup(
    await mirror(),
    `UPDATE sync_runs SET counts = 'garbage';
     INSERT INTO sync_runs (id, trigger, started_at, outcome, counts) VALUES (9223372036854775807, 'x', 1, 'y', '{}');
     INSERT OR REPLACE INTO words VALUES (x'ff', -1);
     INSERT INTO servers VALUES ('x', 'other', 1, 1, 9e18);
     INSERT OR REPLACE INTO facts VALUES ('bookmark last backup', 'garbage'), ('bookmark server', 'null'),
       ('bookmark upstream answered', 'soon'), ('bookmark upstream failed', '7'), ('block', 'garbage')`,
  );
  const dataDir = temporaryDirectory();
  expect(restore(dataDir, backup, 1).tasks).toBe(1);
  const store = await openTestStore(dataDir);
  expect(await store.runs(10)).toEqual([]);
  expect(await store.startRun({ trigger: 'command', startedAtMs: 1 })).toBe(1);
  expect(await readLastBackup(store)).toEqual({ atMs: undefined, error: undefined });
  expect(await store.readCheckpoint('server')).toBeUndefined();
  expect(await store.readCheckpoint('upstream answered')).toBeUndefined();
  expect(await store.readCheckpoint('upstream failed')).toBe('7');
  expect(await store.readCircuit(1)).toBeUndefined();
});

describe('in a damaged database', () => {
  test('a run without counts and a checkpoint that can’t be read count as empty', async () => {
    const dataDir = await mirror();
    alter(
      join(dataDir, 'mirror.db'),
      `UPDATE sync_runs SET counts = 'garbage';
       UPDATE facts SET value = 'garbage' WHERE name = 'bookmark last backup'`,
    );
    const store = await openTestStore(dataDir);
    expect((await store.runs(1))[0]?.counts.claimed).toBe(0);
    expect(await readLastBackup(store)).toEqual({ atMs: undefined, error: undefined });
  });

  test('a token that can’t be read grants nothing, and the others still work', async () => {
    const dataDir = await mirror();
    alter(
      join(dataDir, 'mirror.db'),
      `UPDATE access_tokens SET hash = 'zz' WHERE name = 'one';
       INSERT INTO access_tokens (name, hash, user_ids, application_ids, is_read_only, created_at)
       VALUES ('three', '${computeDigest('three').toString('hex')}', 'garbage', '[]', 0, 1)`,
    );
    const access = createAccessControl({
      config: { tokens: [] },
      store: await openTestStore(dataDir),
      clock,
    });
    const check = async (name: string) => access.check(`Bearer ${name}`);
    await expect(check('one')).rejects.toThrow('not one of this mirror');
    expect(await check('two')).toMatchObject({ tokenName: 'two', limits: undefined });
    await expect(check('three')).rejects.toThrow('not one of this mirror');
  });
});
