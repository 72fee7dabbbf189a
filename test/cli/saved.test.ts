/** Saved searches on the command line. */
import { describe, expect, test } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { fillDataDir, openTestStore, startTestMirror, temporaryDataDir } from '../helpers/test-mirror.ts';

const [CAT, DOG, NEW_CAT] = numberedIds(3);

async function createMirror() {
  const dataDir = temporaryDataDir();
  await fillDataDir(dataDir, [
    documentText({ id: CAT, prompt: 'a cat' }),
    documentText({ id: DOG, prompt: 'a dog' }),
  ]);
  const run = (...args: string[]) => runCli([...args, '--data-dir', dataDir]);
  const runJson = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout) as never;
  return { dataDir, run, runJson };
}

describe('saved', () => {
  test('saves a search, lists what is new, shows it and removes it', async () => {
    const { dataDir, run, runJson } = await createMirror();
    expect(await run('saved', 'add', 'Cats', 'cat -dog')).toMatchObject({
      code: 0,
      stdout: '"Cats" is saved\n',
    });
    expect((await run('saved')).stdout).toBe('Cats\tcat -dog\t0 new\tall tasks\n');
    await fillDataDir(dataDir, [
      documentText({ id: NEW_CAT, prompt: 'new cats', createdAt: Date.now() / 1000 + 60 }),
    ]);
    expect(await runJson('saved', 'list')).toMatchObject({ items: [{ name: 'Cats', new: 1 }] });
    expect(await runJson('saved', 'show', 'cats', '--new', '--keep')).toMatchObject({
      items: [{ id: NEW_CAT }],
      total: 1,
    });
    expect((await run('saved', 'show', 'CATS', '--limit', '1')).stdout).toContain(NEW_CAT);
    expect(await runJson('saved', 'show', 'cats')).toMatchObject({ items: [{ id: NEW_CAT }, { id: CAT }] });
    expect((await run('saved', 'remove', 'cats')).stdout).toBe('"Cats" is removed\n');
    expect(await run('saved')).toMatchObject({ stdout: '', stderr: expect.stringContaining('saved add') });
  });

  test.each([
    [['add', 'cats', 'stat:failed'], 2, /is no operator/],
    [['add', ' ', 'cat'], 2, /one character/],
    [['add', 'cats', 'cat', '--tz', 'Mars'], 2, /Europe\/Berlin/],
    [['add', 'taken', 'cat'], 1, /there is a saved search "taken"/],
    [['show', 'none'], 1, /there is no saved search "none"/],
    [['show', ''], 1, /there is no saved search/],
    [['remove', 'none'], 1, /there is no saved search/],
    [['feed', 'taken', 'maybe'], 2, /on, off/],
  ])('%j fails with %i', async (args, code, message) => {
    const { run } = await createMirror();
    await run('saved', 'add', 'taken', 'dog');
    expect(await run('saved', ...args)).toMatchObject({ code, stderr: expect.stringMatching(message) });
  });

  test('asks which one is meant when tokens have used the same name', async () => {
    const { dataDir, run } = await createMirror();
    const store = await openTestStore(dataDir);
    const saved = { name: 'cats', query: 'cat', timeZone: undefined, nowMs: 1 };
    const id = 'abcdef00-0000-4000-8000-000000000000';
    await store.addSavedSearch({ ...saved, id, limits: { userIds: ['me'], applicationIds: [] } });
    await store.close();
    await run('saved', 'add', 'cats', 'cat');
    const { code, stderr } = await run('saved', 'remove', 'cats');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${id} (users me)`)]);
    expect((await run('saved', 'remove', 'abcdef')).code).toBe(0);
    expect((await run('saved', 'remove', 'cats')).code).toBe(0);
  });

  test('opens a feed beside a running server, replaces its key, and closes it', async () => {
    const here = await startTestMirror();
    const run = (...args: string[]) => runCli([...args, '--data-dir', here.config.dataDir]);
    await run('saved', 'add', 'two cats', 'cat');
    expect((await run('saved', 'feed', 'two cats')).stdout).toBe('"two cats" has no feed\n');
    const [atom = '', json = ''] = (await run('saved', 'feed', 'two cats', 'on')).stdout.split('\n');
    expect(atom).toBe(`${here.mirror.url}/feeds/two%20cats.atom?key=${atom.slice(-32)}`);
    for (const url of [atom, json]) expect((await fetch(url)).status).toBe(200);
    expect((await run('saved', 'feed', 'two cats')).stdout).toBe(`${atom}\n${json}\n`);
    const [second = ''] = (await run('saved', 'feed', 'two cats', 'on')).stdout.split('\n');
    expect([(await fetch(atom)).status, (await fetch(second)).status]).toEqual([404, 200]);
    expect((await run('saved', 'feed', 'two cats', 'off')).stdout).toBe('"two cats" has no feed\n');
    expect((await fetch(second)).status).toBe(404);
  });
});
