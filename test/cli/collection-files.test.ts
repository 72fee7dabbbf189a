/** Collections in exports and imports. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openMirrorStore } from '../../src/app/open-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createRandomKey } from '../../src/lib/random-key.ts';
import { MAX_COLLECTION_TASKS, MAX_COLLECTIONS } from '../../src/store/contract/collections.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { runCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { locateTestStore } from '../helpers/test-engine.ts';
import { fillDataDir, temporaryDirectory } from '../helpers/test-mirror.ts';

const IDS = numberedIds(3);
const [CAT, DOG, OWL] = numberedIds(3);
const KEY = createRandomKey();
const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
const line = (name: string, more: object = {}, changed_at = '2026-03-02T00:00:00.000Z') =>
  JSON.stringify({ collection: { name, tasks: IDS, ...more }, changed_at });

function openWorkshop() {
  const folder = temporaryDirectory();
  const file = (name: string) => join(folder, name);
  const use = async <T>(dataDir: string, work: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openMirrorStore(await locateTestStore(file(dataDir)), {
      clock: systemClock,
      mode: 'writer',
    });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  return {
    ...{ file, use },
    read: (name: string) => readFileSync(file(name), 'utf8'),
    write: (name: string, content: string) => {
      writeFileSync(file(name), content);
      return file(name);
    },
    run: (...args: string[]) => runCli([...args, '--data-dir', file('data')]),
    runOn: (dataDir: string, ...args: string[]) => runCli([...args, '--data-dir', file(dataDir)]),
    /** What the collections of a data directory are, but for their ids and versions. */
    readAll: (dataDir: string) =>
      use(dataDir, async (store) =>
        Promise.all(
          (await store.collections(undefined)).map(async ({ id, version: _, ...collection }) => ({
            ...collection,
            tasks: (await store.collectionTasks(id, undefined, MAX_COLLECTION_TASKS)).map(
              (place) => place.id,
            ),
          })),
        ),
      ),
  };
}

/** Three tasks and two collections: a shared one of all, of which one was forgotten, and a limited one. */
async function fillWorkshop() {
  const workshop = openWorkshop();
  await fillDataDir(
    workshop.file('data'),
    IDS.map((id) => documentText({ id, prompt: 'a cat' })),
  );
  await workshop.use('data', async (store) => {
    const [best, mine] = [randomUUID(), randomUUID()];
    const nowMs = Date.UTC(2026, 2, 1);
    const options = { nowMs, within: undefined };
    await store.addCollection({ id: best, name: 'Best', note: 'a\nnote\u2028"', limits: undefined }, nowMs);
    await store.placeInCollection(best, { ids: [OWL, CAT, DOG] }, options);
    await store.changeCollection(best, { cover: CAT, link: { key: KEY, showsPrompts: true } }, options);
    const limits = { userIds: ['user-1', 'user-2'], applicationIds: ['app'] };
    await store.addCollection({ id: mine, name: '我的', note: '', limits }, nowMs + 1);
    await store.remove(DOG);
  });
  return workshop;
}

const BEST_LINE =
  `{"collection":{"name":"Best","note":"a\\nnote\u2028\\"","cover":"${CAT}","user_ids":[],"application_ids":[],` +
  `"tasks":["${OWL}","${CAT}","${DOG}"]},"changed_at":"2026-03-01T00:00:00.000Z"}\n`;

describe('export', () => {
  test('writes the collections beside the documents, without the keys of links', async () => {
    const { run, file, read } = await fillWorkshop();
    expect(await run('export', file('all.jsonl'))).toEqual({
      code: 0,
      stdout: '',
      stderr: `2 documents written to ${file('all.jsonl')}\n2 collections written to ${file('all.collections.jsonl')}\n`,
    });
    const written = read('all.collections.jsonl');
    expect(written).toContain(BEST_LINE);
    expect(written.trim().split('\n')).toHaveLength(2);
    expect(written).not.toContain(KEY);
    expect(statSync(file('all.collections.jsonl')).mode & 0o777).toBe(0o600);
    await run('export', file('all.json.gz'));
    expect(gunzipSync(readFileSync(file('all.collections.json.gz'))).toString()).toBe(written);
  });

  test('of a part, as CSV, or with --no-collections writes none, unless a file is named', async () => {
    const { run, file, read } = await fillWorkshop();
    for (const args of [['--query', 'cat'], ['--from', '2020'], ['--no-collections'], ['--format', 'csv']]) {
      expect((await run('export', file('part'), ...args)).stderr).not.toContain('collection');
      expect(existsSync(file('part.collections.jsonl'))).toBe(false);
    }
    await run('export', file('part'), '--query', 'cat', '--collections', file('named'));
    expect(read('named')).toContain(BEST_LINE);
  });

  test('to standard output says that they were not written, and writes them where a file is named', async () => {
    const { run, read, file } = await fillWorkshop();
    const note = 'the collections were not written: --collections names a file for them\n';
    expect((await run('export')).stderr).toBe(`2 documents written\n${note}`);
    const { stdout, stderr } = await run('export', '--collections', '-');
    expect(stderr).not.toContain(note);
    expect(stdout).toContain(BEST_LINE);
    await run('export', '--collections', file('named'));
    expect(read('named')).toContain(BEST_LINE);
  });

  test('leaves no collections of an earlier export beside newer documents', async () => {
    const { run, file, read, use } = await fillWorkshop();
    await run('export', file('all.jsonl'));
    await use('data', async (store) => {
      for (const { id } of await store.collections(undefined))
        await store.removeCollection(id, { nowMs: 1, within: undefined });
    });
    await run('export', file('all.jsonl'));
    expect(read('all.collections.jsonl')).toBe('');
    await run('export', file('other.jsonl'));
    expect(existsSync(file('other.collections.jsonl'))).toBe(false);
  });

  test('never writes them over the documents or the marks', async () => {
    const { run, file } = await fillWorkshop();
    for (const [args, message] of [
      [['--collections', file('./all.jsonl')], 'names the file of the documents'],
      [['--collections', file('m'), '--marks', file('m')], 'names a file that is written already'],
      [['--collections', file('all.marks.jsonl')], 'names a file that is written already'],
    ] as const) {
      const { code, stderr } = await run('export', file('all.jsonl'), ...args);
      expect(code).toBe(2);
      expect(stderr).toContain(`--collections ${message}; name another one`);
    }
    expect(existsSync(file('all.jsonl'))).toBe(false);
  });
});

describe('import', () => {
  test('of an export gives the same collections, in any order of the files, without their links', async () => {
    const { run, runOn, file, read, readAll } = await fillWorkshop();
    mkdirSync(file('saved'));
    await run('export', file('saved/b.jsonl'));
    const [documents, collections] = [read('saved/b.jsonl'), read('saved/b.collections.jsonl')];
    writeFileSync(file('one.jsonl'), collections + documents);
    const before = (await readAll('data')).map((one) => ({ ...one, link: undefined }));
    for (const [dataDir, ...names] of [
      ['folder', 'saved'],
      ['collections first', 'saved/b.collections.jsonl', 'saved/b.jsonl'],
      ['one file', 'one.jsonl'],
    ] as const) {
      const { code, stdout } = await runOn(dataDir, 'import', ...names.map(file));
      expect(code).toBe(0);
      expect(stdout).toMatch(/^2 new tasks, .* a second\); 2 collections changed, 0 kept as they were\n$/);
      expect(await readAll(dataDir)).toEqual(before);
      await runOn(dataDir, 'export', file('again.jsonl'));
      expect([read('again.jsonl'), read('again.collections.jsonl')]).toEqual([documents, collections]);
    }
  });

  test('keeps what is newer or the same, and of two lines that which was changed last', async () => {
    const { run, write, readAll } = await fillWorkshop();
    const states = [
      line('BEST', { note: 'second', tasks: [] }, '2026-03-03T00:00:00Z'),
      line('best', { note: 'third', tasks: [DOG, CAT], cover: DOG }, '2026-03-04T00:00:00Z'),
      line('best', { note: 'second', tasks: [] }, '2026-03-03T00:00:00Z'),
      line('best', { note: 'same time', tasks: [] }, '2026-03-04T00:00:00Z'),
    ];
    const { stdout } = await run('import', write('lines', lines(states)), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ refused: 0, collections: { changed: 2, kept: 2 } });
    const [best] = await readAll('data');
    expect(best).toMatchObject({ name: 'best', note: 'third', tasks: [DOG, CAT], cover: DOG });
    expect(best?.link?.key).toBe(KEY);
  });

  test('keeps the places of tasks that the mirror does not have yet', async () => {
    const { run, write } = openWorkshop();
    await run('import', write('lines', lines([line('Best'), documentText({ id: OWL })])));
    expect((await run('collection', 'show', 'best')).stderr).toBe(
      'Best: 3 tasks, 2 of them not in the mirror\n',
    );
    await run('import', write('more', lines([CAT, DOG].map((id) => documentText({ id })))));
    const { stdout, stderr } = await run('collection', 'show', 'best');
    expect(stderr).toBe('Best: 3 tasks\n');
    expect(stdout).toMatch(new RegExp(`${CAT}.*${DOG}.*${OWL}`, 's'));
  });

  test('shows nothing of others in a collection that is limited, whatever a file puts into it', async () => {
    const { run, write, use } = await fillWorkshop();
    const others = documentText({ id: 'of somebody else', prompt: 'secret', userId: 'stranger' });
    const mine = line('我的', {
      user_ids: ['user-2', 'user-1'],
      application_ids: ['app'],
      tasks: ['of somebody else'],
    });
    await run('import', write('lines', lines([mine, others])));
    expect((await run('collection', 'show', '我的')).stdout).toBe('-\tof somebody else\tabsent\t-\t\n');
    expect(await use('data', async (store) => store.collections(undefined))).toHaveLength(2);
  });

  test('refuses bad lines with a reason, and stores the others', async () => {
    const { run, write, readAll } = openWorkshop();
    const path = write(
      'lines',
      lines([
        line('a\u0000'),
        line(' '),
        line('x', { cover: 'elsewhere' }),
        line('x', {}, 'today'),
        line('good', {}, '2036-01-01T00:00:00Z'),
        `{"items":[${line('in a list')}]}`,
      ]),
    );
    const started = Date.now();
    const { code, stdout, stderr } = await run('import', path, '--json');
    expect(code).toBe(1);
    const { refused, reasons, collections } = JSON.parse(stdout) as Record<string, unknown>;
    expect([refused, collections]).toEqual([4, { changed: 2, kept: 0 }]);
    expect(Object.values(reasons as object)).toEqual([2, 1, 1]);
    expect(stderr).toContain(`${path}:3: the cover must be one of the tasks of the collection\n`);
    const [good, listed] = await readAll('data');
    expect([good?.name, listed?.name]).toEqual(['good', 'in a list']);
    // Nothing that was changed in the future wins for ever.
    expect(good?.changedAtMs).toBeLessThan(started + 600_000);
  });

  test('refuses more collections than a mirror has, and reads large ones', { timeout: 60_000 }, async () => {
    const { run, write, file, read, runOn } = openWorkshop();
    const ids = numberedIds(MAX_COLLECTION_TASKS);
    const many = Array.from({ length: MAX_COLLECTIONS + 2 }, (_, at) => line(`${at}`, { tasks: [] }));
    const { stdout, stderr } = await run('import', write('lines', lines(many)), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ refused: 2, collections: { changed: MAX_COLLECTIONS } });
    expect(stderr).toContain('lines:1002: a mirror has at most 1000 collections');
    const large = `${line('large', { note: '', cover: ids.at(-1), user_ids: [], application_ids: [], tasks: ids })}\n`;
    await runOn('new', 'import', write('large', large));
    await runOn('new', 'export', file('again.jsonl'));
    const exported = JSON.parse(read('again.collections.jsonl')) as { collection: { tasks: string[] } };
    expect(exported.collection.tasks).toEqual(ids);
  });
});
