/** A whole mirror moves to another directory in one file. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create } from 'tar';
import { beforeEach, expect, test } from 'vitest';
import { readLastBackup } from '../../src/backup/last-backup.ts';
import { runCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { requireSqlite } from '../helpers/test-engine.ts';
import { fillDataDir, openTestStore, temporaryDirectory } from '../helpers/test-mirror.ts';

const IDS = numberedIds(3);

/** A data directory with three tasks and two image files. */
async function createMirror() {
  const folder = temporaryDirectory();
  const dataDir = join(folder, 'data');
  await fillDataDir(
    dataDir,
    IDS.map((id) => documentText({ id, prompt: 'a cat' })),
  );
  const images = ['first', 'second'].map((text) => addImage(dataDir, text));
  mkdirSync(join(dataDir, 'images/partial'));
  writeFileSync(join(dataDir, 'images/partial/unfinished'), 'half');
  const run = (...args: string[]) => runCli(args, { cwd: folder });
  return { folder, dataDir, images, run };
}

/** @returns its path below the data directory */
function addImage(dataDir: string, content: string): string {
  const hash = createHash('sha256').update(content).digest('hex');
  const path = join('images', hash.slice(0, 2), `${hash}.png`);
  mkdirSync(join(dataDir, path, '..'), { recursive: true });
  writeFileSync(join(dataDir, path), content);
  return path;
}

beforeEach(requireSqlite);

test('a backup with images is one private file, from which another directory gets every task and image', async () => {
  const { folder, dataDir, images, run } = await createMirror();
  const backup = await run('backup', '--with-images', 'all.tar', '--json', '--data-dir', dataDir);
  expect(JSON.parse(backup.stdout)).toMatchObject({ tasks: 3, images: 2, file: join(folder, 'all.tar') });
  expect(statSync(join(folder, 'all.tar')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).sort()).toEqual(['all.tar', 'data']); // nothing temporary is left

  const moved = join(folder, 'moved');
  const restore = await run('restore', 'all.tar', '--data-dir', moved);
  expect(restore).toMatchObject({ code: 0, stdout: '3 tasks and 2 images restored from all.tar\n' });
  for (const image of images)
    expect(readFileSync(join(moved, image))).toEqual(readFileSync(join(dataDir, image)));
  expect(existsSync(join(moved, 'images/partial/unfinished'))).toBe(false);
  expect((await run('export', '--data-dir', moved)).stdout).toBe(
    (await run('export', '--data-dir', dataDir)).stdout,
  );
  expect(readdirSync(moved).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('without a name it is put into the folder of backups, and it never replaces a file', async () => {
  const { folder, dataDir, run } = await createMirror();
  const { stdout } = await run('backup', '--with-images', '--data-dir', dataDir);
  expect(stdout).toMatch(/^3 tasks and 2 images backed up to .*backups.manual-\d+T\d+Z\.tar /);
  writeFileSync(join(folder, 'mine.tar'), 'mine');
  const second = await run('backup', '--with-images', 'mine.tar', '--data-dir', dataDir);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('a backup never overwrites anything');
  expect(readFileSync(join(folder, 'mine.tar'), 'utf8')).toBe('mine');
});

test('restoring writes nothing but images whose bytes match their name', async () => {
  const { folder, dataDir, images, run } = await createMirror();
  await run('backup', 'mirror.db', '--data-dir', dataDir);
  const hostile = join(folder, 'hostile');
  const forged = join(folder, 'hostile', images[0] as string);
  mkdirSync(join(forged, '..'), { recursive: true });
  writeFileSync(forged, 'other bytes');
  writeFileSync(join(folder, 'escaped.txt'), 'no image');
  writeFileSync(join(hostile, 'mirror.db'), readFileSync(join(folder, 'mirror.db')));
  await create({ cwd: hostile, file: join(folder, 'hostile.tar'), preservePaths: true }, [
    'mirror.db',
    images[0] as string,
    '../escaped.txt',
    'mirror.db',
  ]);
  const moved = join(folder, 'deep/moved');
  const { code, stdout, stderr } = await run('restore', 'hostile.tar', '--data-dir', moved);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '3 tasks and 0 images restored from hostile.tar\n' });
  for (const name of [images[0], '../escaped.txt', 'mirror.db'])
    expect(stderr).toContain(`${name} was left out`);
  expect(existsSync(join(folder, 'deep/escaped.txt'))).toBe(false);
  expect(existsSync(join(moved, images[0] as string))).toBe(false);
});

test.each([
  ['a tar file of something else', ['note.txt'], 'is no backup of a mirror'],
  ['an empty tar file', ['folder'], 'is no backup of a mirror'],
])('%s is refused, and nothing is changed', async (_, entries, message) => {
  const { folder, dataDir, run } = await createMirror();
  writeFileSync(join(folder, 'note.txt'), 'a note');
  mkdirSync(join(folder, 'folder'));
  await create({ cwd: folder, file: join(folder, 'other.tar') }, entries);
  const before = readFileSync(join(dataDir, 'mirror.db'));
  const { code, stderr } = await run('restore', 'other.tar', '--data-dir', dataDir);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect(readFileSync(join(dataDir, 'mirror.db'))).toEqual(before);
});

test('a tar file that was cut off anywhere, or is something else, changes nothing', async () => {
  const { folder, dataDir, run } = await createMirror();
  await run('backup', '--with-images', 'all.tar', '--data-dir', dataDir);
  const whole = readFileSync(join(folder, 'all.tar'));
  const before = readFileSync(join(dataDir, 'mirror.db'));
  const moved = join(folder, 'moved');
  // Within the database, within the last image, and within the end of the archive.
  for (const [length, target] of [
    [30_000, moved],
    [whole.length - 1024 - 700, dataDir],
    [whole.length - 1024 - 512, moved],
  ] as const) {
    writeFileSync(join(folder, 'cut.tar'), whole.subarray(0, length));
    const { code, stderr } = await run('restore', 'cut.tar', '--data-dir', target);
    expect(code).toBe(1);
    expect(stderr).toContain('cut.tar is damaged');
    expect(stderr).toContain('nothing was restored');
  }
  expect(existsSync(moved)).toBe(false);
  expect(readFileSync(join(dataDir, 'mirror.db'))).toEqual(before);
  writeFileSync(join(folder, 'all.tar.gz'), gzipSync(whole));
  expect((await run('restore', 'all.tar.gz', '--data-dir', moved)).stderr).toContain('gunzip it first');
});

test('a name that says something else than the backup is refused', async () => {
  const { folder, dataDir, run } = await createMirror();
  for (const args of [['x.tar'], ['--with-images', 'x.db']])
    expect((await run('backup', ...args, '--data-dir', dataDir)).code).toBe(2);
  expect(readdirSync(folder).filter((name) => name.startsWith('x.'))).toEqual([]);
});

test.each([['backup'], ['backup', '--with-images']])(
  'a failure of %s is recorded, as a timer of the system makes one',
  async (...command) => {
    const { folder, dataDir, run } = await createMirror();
    writeFileSync(join(folder, 'file'), '');
    expect((await run(...command, 'file/copy', '--data-dir', dataDir)).code).toBe(1);
    const store = await openTestStore(dataDir);
    expect(await readLastBackup(store)).toEqual({ atMs: undefined, error: expect.stringMatching(/./) });
    await store.close();
  },
);
