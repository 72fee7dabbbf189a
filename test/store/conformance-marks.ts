/** What every store must do with marks; a part of conformance.ts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskId } from '../../src/task/id.ts';
import {
  applyMarkChange,
  type MarkChange,
  type Marks,
  NO_MARKS,
  normalizeMarkChange,
} from '../../src/task/marks.ts';
import { document, numberedIds } from '../helpers/documents.ts';
import { searchRequest } from '../helpers/search.ts';
import { tries } from '../helpers/thorough.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const DAY_S = 86_400;
const IDS = numberedIds(8) as [TaskId, TaskId, ...TaskId[]];
const WORDS = ['cat', 'dog', 'elephant'] as const;
const TAGS = ['poster', 'post', 'two words', '海报', 'a,b', '🎉'] as const;

interface Task {
  readonly id: TaskId;
  readonly word: (typeof WORDS)[number];
  readonly day: number;
  readonly userId: string;
  readonly model: string;
  readonly isPending: boolean;
}

const tag = fc.constantFrom(...TAGS);
const change: fc.Arbitrary<MarkChange> = fc.record(
  {
    starred: fc.boolean(),
    rating: fc.integer({ min: 0, max: 5 }),
    tags: fc.array(tag, { maxLength: 3 }),
    addTags: fc.array(tag, { maxLength: 2 }),
    removeTags: fc.array(tag, { maxLength: 2 }),
    note: fc.constantFrom('', 'an elephant', 'the dogs'),
    hidden: fc.boolean(),
  },
  { requiredKeys: [] },
);
const id = fc.constantFrom(...IDS);
const task: fc.Arbitrary<Task> = fc.record({
  id,
  word: fc.constantFrom(...WORDS),
  day: fc.integer({ min: 0, max: 3 }),
  userId: fc.constantFrom('me', 'you'),
  model: fc.constantFrom('flux-dev', 'flux-pro'),
  isPending: fc.boolean(),
});
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('store' as const), task }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('mark' as const), id, change }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), id }) },
);

/** A part of a query, and what it says of a task. */
interface Part {
  readonly text: string;
  readonly matches: (task: Task, marks: Marks) => boolean;
}

const word = (text: string): Part => ({
  text,
  matches: (one, { note }) => one.word === text || note.includes(text),
});
const parts: readonly Part[] = [
  ...WORDS.map(word),
  { text: 'eleph*', matches: word('elephant').matches },
  { text: 'is:starred', matches: (_, { starred }) => starred },
  { text: 'is:hidden', matches: (_, { hidden }) => hidden },
  { text: 'has:note', matches: (_, { note }) => note !== '' },
  { text: 'has:tag', matches: (_, { tags }) => tags.length > 0 },
  { text: 'rating:>=3', matches: (_, { rating }) => rating >= 3 },
  { text: 'rating:<2', matches: (_, { rating }) => rating < 2 },
  { text: 'rating:1..4', matches: (_, { rating }) => rating >= 1 && rating <= 4 },
  { text: 'rating:0', matches: (_, { rating }) => rating === 0 },
  { text: 'tag:poster', matches: (_, { tags }) => tags.includes('poster') },
  { text: 'tag:post*', matches: (_, { tags }) => tags.some((one) => one.startsWith('post')) },
  { text: 'tag:"two words"', matches: (_, { tags }) => tags.includes('two words') },
  { text: 'tag:海报', matches: (_, { tags }) => tags.includes('海报') },
  { text: 'tag:🎉', matches: (_, { tags }) => tags.includes('🎉') },
  { text: 'model:flux-dev', matches: ({ model }) => model === 'flux-dev' },
];
const part = fc.constantFrom(...parts);
const node: fc.Arbitrary<Part> = fc.oneof(
  { weight: 3, arbitrary: part },
  {
    weight: 1,
    arbitrary: part.map(({ text, matches }) => ({
      text: `-${text}`,
      matches: (one: Task, marks: Marks) => !matches(one, marks),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(part, part).map(([a, b]) => ({
      text: `(${a.text} OR ${b.text})`,
      matches: (one: Task, marks: Marks) => a.matches(one, marks) || b.matches(one, marks),
    })),
  },
);
const question = fc.record({
  nodes: fc.array(node, { maxLength: 3 }),
  isLimited: fc.boolean(),
  groupByPrompt: fc.boolean(),
  sort: fc.constantFrom('newest' as const, 'relevance' as const),
});

/** @param open opens an empty mirror */
export function describeMarks(open: () => MaybePromise<Store>): void {
  describe('marks', () => {
    test('are what was last set, found by every query, and counted, whatever becomes of the tasks', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 4, maxLength: 40 }),
          fc.array(question, { minLength: 12, maxLength: 12 }),
          async (steps, questions) => {
            const store = await open();
            const model = await runSteps(store, steps);
            expect(await store.audit()).toEqual([]);
            await expectMarks(store, model);
            for (const asked of questions) await expectAnswer(store, model, asked);
          },
        ),
        { numRuns: tries(15, 400) },
      );
    });

    test('of one task are told of to those who may see it, after they are stored', async () => {
      const store = await open();
      await store.storeDocuments({ ...batch([document({ id: IDS[0], userId: 'me' })]), requestSeq: 1 });
      const told: unknown[] = [];
      store.onChange((one) => told.push(one));
      const marked = { id: IDS[0], change: { starred: true } };
      await store.mark([marked], { nowMs: NOW });
      await store.mark([marked], { nowMs: NOW });
      const owner = { userId: 'me', applicationId: undefined };
      expect(told).toMatchObject([{ kind: 'task', id: IDS[0], state: 'succeeded', owner }]);
    });

    test('are only changed by who knows the version, and those of others are unknown', async () => {
      const store = await open();
      await store.storeDocuments({ ...batch([document({ id: IDS[0], userId: 'you' })]), requestSeq: 1 });
      const mark = async (ifVersion: number, within?: string) =>
        store.mark([{ id: IDS[0], change: { rating: ifVersion === 0 ? 1 : 2 }, ifVersion: [ifVersion] }], {
          nowMs: NOW,
          within: within === undefined ? undefined : { userIds: [within], applicationIds: [] },
        });
      expect(await mark(0, 'me')).toEqual([{ kind: 'unknown', id: IDS[0] }]);
      const [first] = await mark(0, 'you');
      expect(first).toMatchObject({ kind: 'changed', before: { version: 0 }, marks: { rating: 1 } });
      expect(await mark(0)).toMatchObject([{ kind: 'conflict', marks: { rating: 1 } }]);
      const version = first?.kind === 'changed' ? first.marks.version : 0;
      expect(await mark(version)).toMatchObject([{ kind: 'changed', marks: { rating: 2 } }]);
    });

    test('from an archive are stored if they are newer, and if their task is', async () => {
      const store = await open();
      await store.storeDocuments({
        ...batch([document({ id: IDS[0] }), document({ id: IDS[1] })]),
        requestSeq: 1,
      });
      await store.mark([{ id: IDS[0], change: { rating: 1 } }], { nowMs: NOW });
      const archived = IDS.slice(0, 3).map((one) => ({
        ...NO_MARKS,
        id: one,
        rating: 4,
        changedAtMs: NOW - 1,
      }));
      expect(await store.importMarks(archived)).toEqual({ changed: 1, kept: 1, unknown: 1 });
      expect(await store.importMarks(archived.map((one) => ({ ...one, changedAtMs: NOW + 1 })))).toEqual({
        ...{ changed: 1, kept: 1, unknown: 1 },
      });
      expect((await store.marksOf(IDS)).map(({ rating }) => rating)).toEqual([4, 4]);
      // Whatever comes first, the latest word counts: also when it is that there are none.
      const cleared = { ...NO_MARKS, id: IDS[1], changedAtMs: NOW + 9 };
      const starred = { ...cleared, starred: true, changedAtMs: NOW + 8 };
      for (const order of [
        [cleared, starred],
        [starred, cleared],
      ]) {
        await store.remove(IDS[1]);
        await store.storeDocuments({
          ...batch([document({ id: IDS[1] })]),
          requestSeq: await store.nextRequestSeq(),
        });
        for (const one of order) await store.importMarks([one]);
        expect(await store.marksOf([IDS[1]])).toMatchObject([NO_MARKS]);
      }
      expect((await store.listMarks(0, 9)).marks.map((one) => [one.id, one.changedAtMs])).toContainEqual([
        ...[IDS[1], NOW + 9],
      ]);
    });
  });
}

interface Model {
  readonly tasks: Map<TaskId, Task>;
  readonly marks: Map<TaskId, Marks>;
}

async function runSteps(
  store: Store,
  steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
) {
  const model: Model = { tasks: new Map(), marks: new Map() };
  for (const one of steps) {
    if (one.kind === 'store') await storeOne(store, model, one.task);
    else if (one.kind === 'forget') {
      await store.remove(one.id);
      model.tasks.delete(one.id);
      model.marks.delete(one.id);
    } else {
      const [outcome] = await store.mark([{ id: one.id, change: one.change }], { nowMs: NOW });
      expect(outcome?.kind === 'unknown').toBe(!model.tasks.has(one.id));
      if (model.tasks.has(one.id))
        model.marks.set(
          one.id,
          applyMarkChange(model.marks.get(one.id) ?? NO_MARKS, normalizeMarkChange(one.change)),
        );
    }
  }
  return model;
}

/** What is finished stays as it is; what is not may change its prompt, its time, its owner. */
async function storeOne(store: Store, model: Model, one: Task): Promise<void> {
  const stored = model.tasks.get(one.id);
  await store.storeDocuments({
    ...batch([
      document({
        id: one.id,
        prompt: `a ${one.word}`,
        createdAt: NOW / 1000 - one.day * DAY_S,
        userId: one.userId,
        model: one.model,
        ...(one.isPending ? { state: 'pending' as const } : {}),
      }),
    ]),
    requestSeq: await store.nextRequestSeq(),
  });
  if (stored === undefined || stored.isPending) model.tasks.set(one.id, one);
}

function batch(documents: ReturnType<typeof document>[]) {
  return { documents, fetchedAtMs: NOW };
}

async function expectMarks(store: Store, { marks }: Model): Promise<void> {
  const found = await store.marksOf(IDS);
  for (const one of IDS) {
    const {
      version: _version,
      changedAtMs: _at,
      ...stored
    } = found.find((other) => other.id === one) ?? {
      ...NO_MARKS,
      ...{ id: one, version: 0, changedAtMs: 0 },
    };
    expect(stored).toEqual({ id: one, ...(marks.get(one) ?? NO_MARKS) });
  }
}

async function expectAnswer(
  store: Store,
  { tasks, marks }: Model,
  { nodes, isLimited, groupByPrompt, sort }: typeof question extends fc.Arbitrary<infer T> ? T : never,
): Promise<void> {
  const text = nodes.map((one) => one.text).join(' ');
  const within = { userIds: ['me'], applicationIds: [] };
  const filter = isLimited ? { within } : {};
  const asksForHidden = text.includes('is:hidden');
  const wanted = [...tasks.values()].filter((one) => {
    const ofTask = marks.get(one.id) ?? NO_MARKS;
    if (isLimited && one.userId !== 'me') return false;
    return (asksForHidden || !ofTask.hidden) && nodes.every(({ matches }) => matches(one, ofTask));
  });
  const request = searchRequest(text, { filter, sort, groupByPrompt, nowMs: NOW, limit: 50 });
  const { hits, total } = await store.search(request);
  const asked = `${text} ${JSON.stringify({ isLimited, groupByPrompt, sort })}`;
  const found = await store.findMatching({ query: request.query, filter, ids: IDS });
  expect(new Set(found), asked).toEqual(new Set(wanted.map((one) => one.id)));
  const facets = await store.facets({ query: request.query, filter, by: 'day', timeZone: 'UTC' });
  expect(facets.total, asked).toBe(wanted.length);
  expect(
    facets.histogram.reduce((sum, { count }) => sum + count, 0),
    asked,
  ).toBe(wanted.length);
  const tagsOf = wanted.flatMap((one) => marks.get(one.id)?.tags ?? []);
  const expectedTags = [...new Set(tagsOf)].map((value) => [
    value,
    tagsOf.filter((one) => one === value).length,
  ]);
  expect(new Map(facets.tags.map(({ value, count }) => [value, count])), asked).toEqual(
    new Map(expectedTags as [string, number][]),
  );
  if (groupByPrompt) {
    expect(new Set(hits.flatMap(({ group }) => group?.tasks.map((one) => one.id) ?? [])), asked).toEqual(
      new Set(wanted.map((one) => one.id)),
    );
    expect(hits.length, asked).toBe(new Set(wanted.map((one) => one.word)).size);
  } else {
    expect(new Set(hits.map((hit) => hit.task.id)), asked).toEqual(new Set(wanted.map((one) => one.id)));
    expect(total, asked).toBe(wanted.length);
  }
}
