/** Collections on the command line. */
import { describe, expect, test } from 'vitest';
import { openMirrorStore } from '../../src/app/open-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { MAX_COLLECTION_NOTE } from '../../src/store/contract/collections.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskId } from '../../src/task/id.ts';
import { type CliOptions, runCli, startCli, watch } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { runOnTerminal } from '../helpers/terminal.ts';
import { createEngineEnv, locateTestStore } from '../helpers/test-engine.ts';
import { fillDataDir, startTestMirror, temporaryDataDir } from '../helpers/test-mirror.ts';

const idOf = (begin: string) => `${begin}-0000-4000-8000-000000000000` as TaskId;
const [CAT, DOG, OWL] = [idOf('abcdef01'), idOf('abcdef02'), idOf('12345678')];
const UNKNOWN = idOf('77777777');
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** A mirror of two tasks of animals with fur, and one of an owl. */
async function createMirror() {
  const dataDir = temporaryDataDir();
  const runWith = (options: CliOptions, ...args: string[]) =>
    runCli(['collection', ...args, '--data-dir', dataDir], options);
  const run = (...args: string[]) => runWith({}, ...args);
  const runJson = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await run(...args, '--json')).stdout);
  const use = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openMirrorStore(await locateTestStore(dataDir), {
      clock: systemClock,
      mode: 'writer',
    });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  /** The short ids of the tasks of a collection, in order. */
  const readOrder = async (name: string) => {
    const { items } = (await runJson('show', name)) as { items: { id: string }[] };
    return items.map(({ id }) => id.slice(0, 8));
  };
  await fillDataDir(dataDir, [
    documentText({ id: CAT, prompt: 'a furry cat' }),
    documentText({ id: DOG, prompt: 'a furry dog', userId: 'you' }),
    documentText({ id: OWL, prompt: 'an owl' }),
  ]);
  return { dataDir, run, runWith, runJson, readOrder, use };
}

describe('a new collection', () => {
  test('is listed by name, in whatever case it is named from then on', async () => {
    const { run, runJson } = await createMirror();
    expect(await run()).toEqual({
      code: 0,
      stdout: '',
      stderr: 'no collections; `flux-mirror collection new NAME` creates one\n',
    });
    const created = await run('new', ' Best  of Spring', '--note', 'for the fair');
    expect(created.stdout).toMatch(new RegExp(`^"Best of Spring" created, ${UUID}\n$`));
    await run('new', 'a');
    const { stdout } = await run();
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^a {2}0 tasks {2}changed 2\S+Z {2}\S+$/);
    expect(lines[1]).toMatch(/^Best of Spring {2}0 tasks/);
    expect(await run('list')).toMatchObject({ stdout });
    expect(await runJson('show', 'BEST of spring')).toMatchObject({
      ...{ name: 'Best of Spring', note: 'for the fair', tasks: 0, is_shared: false, link: null },
      ...{ user_ids: [], application_ids: [], items: [] },
    });
    expect(await runJson('new', 'third')).toMatchObject({ name: 'third', note: '' });
    expect(await runJson()).toMatchObject({ items: [{ name: 'a' }, {}, { name: 'third' }] });
  });

  test('is refused under a name that is taken, or can be none', async () => {
    const { run } = await createMirror();
    await run('new', 'Straße');
    const taken = await run('new', 'STRASSE');
    expect([taken.code, taken.stderr]).toEqual([1, 'flux-mirror: another collection has this name\n']);
    for (const name of ['', ' ', 'a\u0007', 'x'.repeat(101)]) {
      const { code, stderr } = await run('new', name);
      expect(code).toBe(2);
      expect(stderr).not.toContain('\u0007');
    }
    expect((await run('new', 'b', '--note', 'x'.repeat(MAX_COLLECTION_NOTE + 1))).code).toBe(2);
  });

  test.each([['Best'], ['Best', 'x'], ['shw', 'Best']])(
    'a word that is no subcommand is said: %j',
    async (...words) => {
      const { run } = await createMirror();
      const { code, stderr } = await run(...words);
      expect(code).toBe(2);
      expect(stderr).toContain(`no subcommand "${words[0]}"`);
    },
  );
});

describe('a collection', () => {
  test('is found by the beginning of its id, and what may be several is said', async () => {
    const { run, runJson, use } = await createMirror();
    const [first, second] = ['11111111-aaaa-4000-8000-000000000000', '11111111-bbbb-4000-8000-000000000000'];
    const limits = { userIds: ['you'], applicationIds: [] };
    await use(async (store) => {
      await store.addCollection({ id: first, name: 'Best', note: '', limits: undefined }, 1);
      await store.addCollection({ id: second, name: 'best', note: '', limits }, 1);
    });
    expect(await runJson('show', '11111111-A')).toMatchObject({ id: first });
    for (const name of ['BEST', '111111']) {
      const { code, stderr } = await run('show', name);
      expect(code).toBe(1);
      expect(stderr).toBe(
        `flux-mirror: "${name}" may be several collections, name one by its id: ${first} "Best", ${second} "best" of users you\n`,
      );
    }
    expect((await run('list')).stdout).toContain(`users you  ${second}\n`);
    expect((await run('show', '11111')).stderr).toContain('there is no collection "11111"');
    // A name that looks like the beginning of an id is meant, unless it is a whole one.
    await run('rename', second, '111111');
    expect(await runJson('show', '111111')).toMatchObject({ id: second });
    await run('rename', second, first);
    expect(await runJson('show', first)).toMatchObject({ id: first });
  });

  test('gets tasks by the beginnings of their ids, at the end or where it is said', async () => {
    const { run, runJson, readOrder } = await createMirror();
    await run('new', 'Best');
    expect(await run('add', 'best', '123456', CAT)).toEqual({
      code: 0,
      stdout: '2 tasks added, 0 moved, 0 unchanged\n',
      stderr: '',
    });
    expect(await runJson('add', 'best', DOG, CAT)).toEqual({
      ...{ added: 1, moved: 0, unchanged: 1, not_known: [] },
    });
    expect(await readOrder('best')).toEqual(['12345678', 'abcdef01', 'abcdef02']);
    expect((await run('add', 'best', DOG, '--before', '123456')).stdout).toBe(
      '0 tasks added, 1 moved, 0 unchanged\n',
    );
    expect(await readOrder('best')).toEqual(['abcdef02', '12345678', 'abcdef01']);
  });

  test('reports unknown and ambiguous ids, and takes the others', async () => {
    const { run, readOrder } = await createMirror();
    await run('new', 'Best');
    const { code, stdout, stderr } = await run('add', 'best', UNKNOWN, 'abcdef', OWL);
    expect([code, stdout]).toEqual([1, '1 task added, 0 moved, 0 unchanged\n']);
    expect(stderr).toContain(`not in the mirror: ${UNKNOWN}\n`);
    expect(stderr).toContain(`"abcdef" is the beginning of several ids: ${CAT}, ${DOG}`);
    expect(await readOrder('best')).toEqual(['12345678']);
    for (const args of [
      ['--before', CAT],
      ['--before', 'x'],
    ])
      expect(await run('add', 'best', DOG, ...args)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/not in the collection/),
      });
    expect(await readOrder('best')).toEqual(['12345678']);
  });

  test('gets all that a search matches exactly, the oldest first, with --yes', async () => {
    const { run, readOrder } = await createMirror();
    await run('new', 'Best');
    expect(await run('add', 'best', '--query', 'furry')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'flux-mirror: the search matches 2 tasks: add --yes to change them\n',
    });
    expect((await run('add', 'best', '--query', 'furry is:nothing', '--yes')).code).toBe(2);
    expect((await run('add', 'best')).code).toBe(2);
    expect((await run('add', 'best', '--query', 'furry', '--yes')).stdout).toMatch(/^2 tasks added/);
    expect((await run('add', 'best', '--query', 'owl', '--before', DOG, '-y')).stdout).toMatch(
      /^1 task added/,
    );
    expect(await readOrder('best')).toEqual(['abcdef01', '12345678', 'abcdef02']);
  });

  test('takes no more tasks than it may have, and none then', { timeout: 60_000 }, async () => {
    const dataDir = temporaryDataDir();
    const run = (...args: string[]) => runCli(['collection', ...args, '--data-dir', dataDir]);
    const ids = numberedIds(10_001);
    await fillDataDir(
      dataDir,
      ids.map((id) => documentText({ id, prompt: 'cat' })),
    );
    await run('new', 'all');
    const { code, stderr } = await run('add', 'all', '--query', 'cat', '--yes');
    expect([code, stderr]).toEqual([1, 'flux-mirror: a collection has at most 10000 tasks\n']);
    expect((await run('add', 'all', '--query', `cat -id:${ids[0]}`, '--yes')).stdout).toMatch(
      /^10,000 tasks/,
    );
    expect((await run('show', 'all')).stdout.trim().split('\n')).toHaveLength(10_000);
  });

  test('limited to a user takes only tasks of that user', async () => {
    const { run, readOrder, use } = await createMirror();
    const limits = { userIds: ['you'], applicationIds: [] };
    await use(async (store) =>
      store.addCollection({ id: '11111111-aaaa-4000-8000-000000000000', name: 'Yours', note: '', limits }, 1),
    );
    const { code, stderr } = await run('add', 'yours', CAT, DOG);
    expect([code, stderr]).toEqual([
      1,
      `not in the mirror, or not of those that the collection is limited to: ${CAT}\n`,
    ]);
    expect(await readOrder('yours')).toEqual(['abcdef02']);
  });

  test('has its tasks moved and taken out, also those that were forgotten', async () => {
    const { dataDir, run, runJson, readOrder } = await createMirror();
    await run('new', 'Best');
    await run('add', 'best', CAT, DOG, OWL);
    expect((await run('move', 'best', OWL, DOG, '--before', 'abcdef01')).stdout).toBe('2 tasks moved\n');
    expect(await readOrder('best')).toEqual(['12345678', 'abcdef02', 'abcdef01']);
    await runCli(['forget', DOG, '--data-dir', dataDir]);
    expect(await runJson('move', 'best', 'abcdef02', UNKNOWN, '--to-end')).toEqual({
      ...{ moved: 1, not_known: [UNKNOWN] },
    });
    expect(await readOrder('best')).toEqual(['12345678', 'abcdef01', 'abcdef02']);
    const { code, stdout, stderr } = await run('remove', 'best', 'abcdef02', 'owl');
    expect([code, stdout]).toEqual([1, '1 task removed from "Best"\n']);
    expect(stderr).toContain('not in the collection: owl\n');
    expect(await runJson('remove', 'best', OWL)).toEqual({ removed: 1, not_known: [] });
    expect(await readOrder('best')).toEqual(['abcdef01']);
    for (const where of [[], ['--before', CAT, '--to-end']])
      expect((await run('move', 'best', CAT, ...where)).code).toBe(2);
  });

  test('is shown as a search is, with its gaps', async (context) => {
    const { dataDir, run } = await createMirror();
    await run('new', 'Best', '--note', 'for the\nfair');
    await run('add', 'best', OWL, DOG, CAT);
    const found = await runCli(['search', 'furry cat', '--exact', '--data-dir', dataDir]);
    await runCli(['forget', DOG, '--data-dir', dataDir]);
    const { stdout, stderr } = await run('show', 'best');
    const lines = stdout.split('\n');
    expect(lines[0]).toContain(OWL);
    expect(lines[1]).toBe(`-\t${DOG}\tabsent\t-\t`);
    expect(`${lines[2]}\n`).toBe(found.stdout);
    expect(stderr).toBe('for the\nfair\nBest: 3 tasks, 1 of them not in the mirror\n');
    requireOnMachine(context, 'script');
    const { shown } = await runOnTerminal(['collection', 'show', 'best', '--data-dir', dataDir], {});
    expect(shown).toMatch(new RegExp(`an owl.*\\n${DOG} {2}not in the mirror\\s.*furry cat`, 's'));
  });

  test('is renamed, noted, given a cover, and deleted', async () => {
    const { run, runWith, runJson } = await createMirror();
    await run('new', 'Best');
    await run('new', 'Other');
    await run('add', 'best', CAT, OWL);
    expect((await run('rename', 'best', 'Finest')).stdout).toBe('renamed to "Finest"\n');
    expect((await run('rename', 'finest', 'other')).code).toBe(1);
    expect((await runWith({ input: '猫\nnote\n' }, 'note', 'finest', '-')).stdout).toBe('"Finest" noted\n');
    expect(await run('note', 'finest')).toMatchObject({ code: 0, stdout: '猫\nnote\n' });
    expect(await runJson('note', 'finest')).toMatchObject({ note: '猫\nnote' });
    expect((await run('note', 'finest', '--remove')).stdout).toBe('"Finest" without a note\n');
    expect(await run('note', 'finest')).toEqual({ code: 0, stdout: '', stderr: 'no note\n' });
    for (const args of [['x', '--remove'], [''], ['x'.repeat(MAX_COLLECTION_NOTE + 1)]])
      expect((await run('note', 'finest', ...args)).code).toBe(2);
    expect((await run('cover', 'finest', '123456')).stdout).toBe(`"Finest" has the cover ${OWL}\n`);
    expect(await runJson('show', 'finest')).toMatchObject({ cover: { id: OWL, is_chosen: true } });
    expect((await run('cover', 'finest', DOG)).stderr).toContain(`not in the collection: ${DOG}`);
    expect(await runJson('cover', 'finest', '--remove')).toMatchObject({
      cover: { id: CAT, is_chosen: false },
    });
    expect((await run('cover', 'finest')).code).toBe(2);
    expect((await run('delete', 'FINEST')).stdout).toBe('"Finest" deleted\n');
    expect((await run('show', 'finest')).code).toBe(1);
  });
});

describe('delete', () => {
  test('needs a whole id, the name or --yes where nobody can be asked', async () => {
    const { run, runJson } = await createMirror();
    const { id } = (await runJson('new', 'Best')) as { id: string };
    const { code, stderr } = await run('delete', id.slice(0, 8));
    expect([code, stderr]).toEqual([
      2,
      'flux-mirror: this id is shortened, for "Best": name it whole, or add --yes\n',
    ]);
    expect(await runJson('delete', id.slice(0, 8), '--yes')).toEqual({ id, name: 'Best', deleted: true });
    const other = (await runJson('new', 'Other')) as { id: string };
    expect((await run('delete', other.id)).stdout).toBe('"Other" deleted\n');
  });

  test.for<[string, string]>([
    ['n', 'kept'],
    ['y', 'deleted'],
  ])('asks on a terminal: %j', async ([answer, done], context) => {
    requireOnMachine(context, 'script');
    const { dataDir, run } = await createMirror();
    await run('new', 'Best');
    await run('add', 'best', CAT);
    await run('share', 'best');
    const { shown } = await runOnTerminal(['collection', 'delete', 'best', '--data-dir', dataDir], {
      input: `${answer}\n`,
    });
    expect(shown).toContain('Delete "Best", the order of 1 task and its public link? The tasks stay. [y/N]');
    expect(shown).toContain(`"Best" ${done}`);
  });
});

describe('share', () => {
  const KEY = '[A-Za-z0-9_-]{32}';

  test('prints a link that stays, until it is renewed or revoked', async () => {
    const { run, runJson } = await createMirror();
    await run('new', 'Best');
    const shared = await run('share', 'best');
    expect(shared.stdout).toMatch(new RegExp(`^/shared/${KEY}\n$`));
    expect(shared.stderr).toMatch(
      /^whoever has it sees "Best" with its prompts, until .*unshare`\n.*no server/s,
    );
    expect(await run('share', 'best')).toEqual(shared);
    expect((await run()).stdout).toContain('  shared  ');
    const hidden = await run('share', 'best', '--no-prompts');
    expect(hidden.stdout).toBe(shared.stdout);
    expect(hidden.stderr).toContain('without its prompts');
    // What was said stays said.
    const renewed = await run('share', 'best', '--renew');
    expect(renewed.stdout).not.toBe(shared.stdout);
    expect(renewed.stderr).toContain('without its prompts');
    expect(await runJson('share', 'best', '--prompts')).toMatchObject({
      is_shared: true,
      link: { url: renewed.stdout.trim(), shows_prompts: true },
    });
    expect((await run('unshare', 'best')).stdout).toBe('"Best" is no longer shared\n');
    expect((await run('unshare', 'best')).stdout).toBe('"Best" was not shared\n');
    expect(await runJson('unshare', 'best')).toMatchObject({ is_shared: false, link: null });
    expect((await run('share', 'best')).stdout).not.toBe(renewed.stdout);
  });

  test('prints the whole address that is set, or that of the running server', async () => {
    const here = await startTestMirror();
    const run = (env: Record<string, string>, ...args: string[]) =>
      runCli(['collection', ...args, '--data-dir', here.config.dataDir], { env });
    await run({}, 'new', 'Best');
    const { stdout, stderr } = await run({}, 'share', 'best');
    expect(stdout).toMatch(new RegExp(`^${here.mirror.url}/shared/${KEY}\n$`));
    expect(stderr).not.toContain('no server');
    const [, key = ''] = /shared\/(\S+)/.exec(stdout) ?? [];
    expect((await here.store.collectionOfLink(key))?.name).toBe('Best');
    const set = await run({ FLUX_MIRROR_CALLBACK_URL: 'https://mirror.example/base' }, 'share', 'best');
    expect(set.stdout).toBe(`https://mirror.example/base/shared/${key}\n`);
  });
});

test('commands change a collection beside a running server, which sees it at once', async () => {
  const { dataDir, run } = await createMirror();
  const server = startCli(['serve', '--offline', '--port', '0', '--data-dir', dataDir], {
    env: await createEngineEnv(dataDir),
  });
  const [, url] = await watch(server)(/listens on (\S+)/);
  await run('new', 'Best');
  await run('add', 'best', OWL, CAT);
  const list = (await (await fetch(`${url}/api/collections`)).json()) as { items: { id: string }[] };
  const path = `${url}/api/collections/${list.items[0]?.id}`;
  const { items } = (await (await fetch(`${path}/tasks`)).json()) as { items: { id: string }[] };
  expect(items.map(({ id }) => id)).toEqual([OWL, CAT]);
  await fetch(`${path}/tasks`, { method: 'POST', body: JSON.stringify({ ids: [CAT], before: OWL }) });
  expect((await run('show', 'best')).stdout).toMatch(new RegExp(`${CAT}.*${OWL}`, 's'));
  await run('delete', 'best');
  expect((await fetch(path)).status).toBe(404);
});
