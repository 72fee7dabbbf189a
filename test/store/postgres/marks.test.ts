/** Marks in PostgreSQL: what several connections show, and what an audit finds. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { PostgresStore } from '../../../src/store/postgres/open.ts';
import type { TaskId } from '../../../src/task/id.ts';
import { NO_MARKS } from '../../../src/task/marks.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const [FIRST, SECOND, THIRD] = numberedIds(3);

let url: string;
let here: PostgresStore;
let there: PostgresStore;

beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  url = await createTestDatabase();
  here = await openPostgresTestStore(url);
  there = await openPostgresTestStore(url);
});

const put = async (store: PostgresStore, id: TaskId, options: Parameters<typeof document>[0] = {}) =>
  store.storeDocuments({
    documents: [document({ id, ...options })],
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: NOW,
  });

describe('two servers', () => {
  test('that know the same version: one changes the marks, the other gets a conflict', async () => {
    await put(here, FIRST);
    const rate = (store: PostgresStore, rating: number) =>
      store.mark([{ id: FIRST, change: { rating }, ifVersion: [0] }], { nowMs: NOW });
    const outcomes = (await Promise.all([rate(here, 1), rate(there, 2)])).flat();
    const kinds = outcomes.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['changed', 'conflict']);
    const changed = outcomes.find((one) => one.kind === 'changed');
    const conflict = outcomes.find((one) => one.kind === 'conflict');
    expect(conflict).toMatchObject({ marks: { rating: changed?.marks.rating } });
  });

  test('lose none of the tags that they add at the same time', async () => {
    await put(here, FIRST);
    const tags = Array.from({ length: 40 }, (_, at) => `tag ${at}`);
    await Promise.all(
      tags.map((tag, at) =>
        (at % 2 === 0 ? here : there).mark([{ id: FIRST, change: { addTags: [tag] } }], { nowMs: NOW }),
      ),
    );
    const [marks] = await here.marksOf([FIRST]);
    expect(marks).toMatchObject({ tags: [...tags].sort(), version: NOW + 39 });
    expect((await there.tags({ prefix: 'tag', limit: 100 })).length).toBe(40);
    expect(await here.audit()).toEqual([]);
  });

  test('mark many tasks in different orders, without one waiting for the other for ever', async () => {
    const ids = numberedIds(60);
    await here.storeDocuments({
      documents: ids.map((id) => document({ id })),
      requestSeq: await here.nextRequestSeq(),
      fetchedAtMs: NOW,
    });
    const star = (store: PostgresStore, order: readonly TaskId[], tag: string) =>
      store.mark(
        order.map((id) => ({ id, change: { addTags: [tag], note: `${tag} note` } })),
        { nowMs: NOW },
      );
    const rounds = Array.from({ length: 6 }, (_, at) => [
      star(here, ids, `a${at}`),
      star(there, [...ids].reverse(), `b${at}`),
    ]);
    const outcomes = (await Promise.all(rounds.flat())).flat();
    expect(outcomes.every(({ kind }) => kind === 'changed')).toBe(true);
    expect((await here.marksOf(ids)).every(({ tags }) => tags.length === 12)).toBe(true);
    expect(await here.audit()).toEqual([]);
  });
});

describe('marks that are set while their task', () => {
  test('is replaced are found with its new prompt', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = numberedIds(10)[round] as TaskId;
      await put(here, id, { state: 'pending', prompt: 'a cat' });
      await Promise.all([
        here.mark([{ id, change: { tags: ['art'], note: 'remember it', hidden: true } }], { nowMs: NOW }),
        put(there, id, { prompt: 'a dog', createdAt: NOW / 1000 }),
      ]);
    }
    const rows = await runSql(url, 'SELECT terms FROM prompts');
    expect(rows).toHaveLength(10);
    for (const { terms } of rows) {
      expect(terms).toMatch(/ dog /);
      expect(terms).toMatch(/ rememb /);
    }
    expect(await here.audit()).toEqual([]);
  });

  test('is removed go with it, or come to nothing', async () => {
    const ids = numberedIds(20);
    for (const id of ids) await put(here, id);
    await Promise.all(
      ids.flatMap((id, at) => {
        const mark = () =>
          here.mark([{ id, change: { tags: ['art'], hidden: at % 2 === 0 } }], { nowMs: NOW });
        const remove = () => there.remove(id);
        return at % 3 === 0 ? [remove(), mark()] : [mark(), remove()];
      }),
    );
    expect(await here.marksOf(ids)).toEqual([]);
    expect(await runSql(url, 'SELECT * FROM mark_tags')).toEqual([]);
    expect(await here.tags({ prefix: '', limit: 9 })).toEqual([]);
    expect(await here.audit()).toEqual([]);
  });

  test('was removed and is fetched again are those of the new one, with a higher version', async () => {
    await put(here, FIRST);
    await here.mark([{ id: FIRST, change: { starred: true } }], { nowMs: NOW });
    await there.remove(FIRST);
    await put(there, FIRST);
    expect(await here.marksOf([FIRST])).toEqual([]);
    const request = { id: FIRST, change: { rating: 2 }, ifVersion: [NOW] };
    expect(await here.mark([request], { nowMs: NOW + 1 })).toMatchObject([{ kind: 'conflict' }]);
    expect(await here.mark([{ ...request, ifVersion: [0] }], { nowMs: NOW + 1 })).toMatchObject([
      { kind: 'changed', marks: { starred: false, version: NOW + 1 } },
    ]);
  });
});

test('a change is told of once, and another process learns of it', async () => {
  await put(here, FIRST);
  const told: unknown[] = [];
  here.onChange((change) => told.push(change));
  const version = await there.readForeignVersion();
  await here.mark([{ id: FIRST, change: { starred: true } }], { nowMs: NOW });
  expect(told).toHaveLength(1);
  expect(await there.readForeignVersion()).not.toBe(version);
});

test('a note with a character that PostgreSQL can not store is the same when it is imported again', async () => {
  await put(here, FIRST);
  const archived = { id: FIRST, ...NO_MARKS, note: 'a\0b' };
  expect(await here.importMarks([{ ...archived, changedAtMs: NOW }])).toMatchObject({ changed: 1 });
  expect(await here.marksOf([FIRST])).toMatchObject([{ note: 'a\ufffdb', version: NOW }]);
  expect(await there.importMarks([{ ...archived, changedAtMs: NOW + 1 }])).toMatchObject({ kept: 1 });
});

test('an archive is a page of marks at a time, in the order in which tasks were first marked', async () => {
  for (const id of [FIRST, SECOND, THIRD]) await put(here, id);
  await here.mark([{ id: THIRD, change: { starred: true } }], { nowMs: NOW });
  await here.mark(
    [SECOND, FIRST].map((id) => ({ id, change: { starred: true } })),
    { nowMs: NOW },
  );
  await there.mark([{ id: THIRD, change: { starred: false } }], { nowMs: NOW });
  const page = await here.listMarks(0, 2);
  expect(page.marks.map(({ id, starred }) => [id, starred])).toEqual([
    [THIRD, false],
    [SECOND, true],
  ]);
  const rest = await here.listMarks(page.last, 2);
  expect(rest.marks.map(({ id }) => id)).toEqual([FIRST]);
  expect(await here.listMarks(rest.last, 2)).toEqual({ marks: [], last: rest.last });
});

describe('an audit', () => {
  const damages: readonly [what: string, sql: string, problem: string][] = [
    ['unreadable tags', `UPDATE marks SET tags = 'x'`, 'the marks have no list of tags'],
    ['an impossible rating', 'UPDATE marks SET rating = 9', "the marks can't be read"],
    ['a note without words', `UPDATE marks SET note_terms = ''`, 'the note has no search row'],
    [
      'a task that is not hidden',
      'UPDATE tasks SET is_hidden = false',
      'the task is not counted as hidden as it is',
    ],
    ['a lost tag', 'DELETE FROM mark_tags', 'the tags differ from the marks'],
    ['a tag that is not hidden', 'UPDATE mark_tags SET is_hidden = false', 'the tags differ from the marks'],
    ['another search row', `UPDATE prompts SET terms = ' cat '`, 'the search row differs from the marks'],
    ['lost marks', 'DELETE FROM marks', 'the task is found by marks that it has not'],
    ['wrong counts', `UPDATE tag_counts SET n = 7`, 'the counts differ from the tasks'],
  ];
  test.each(damages)('detects %s', async (_what, sql, problem) => {
    await put(here, FIRST);
    await here.mark([{ id: FIRST, change: { tags: ['art'], note: 'a note', hidden: true, rating: 2 } }], {
      nowMs: NOW,
    });
    expect(await here.audit()).toEqual([]);
    await runSql(url, sql);
    expect((await here.audit()).map((finding) => finding.problem)).toContain(problem);
  });
});
