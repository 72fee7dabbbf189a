/** A model of tasks and their marks, which the conformance suites compare with a store. */
import fc from 'fast-check';
import { expect } from 'vitest';
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

export const NOW = Date.UTC(2026, 2, 14, 12);
const DAY_S = 86_400;
export const IDS = numberedIds(8) as [TaskId, TaskId, ...TaskId[]];
export const WORDS = ['cat', 'dog', 'elephant'] as const;
const TAGS = ['poster', 'post', 'two words', '海报', 'a,b', '🎉'] as const;

export interface Task {
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
/** What may happen to the tasks. */
export const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('store' as const), task }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('mark' as const), id, change }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), id }) },
);

export type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

export interface Model {
  readonly tasks: Map<TaskId, Task>;
  readonly marks: Map<TaskId, Marks>;
}

export async function runSteps(store: Store, steps: readonly Step[]) {
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

export function batch(documents: ReturnType<typeof document>[]) {
  return { documents, fetchedAtMs: NOW };
}

export async function expectMarks(store: Store, { marks }: Model): Promise<void> {
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

export async function expectTags(store: Store, { marks }: Model): Promise<void> {
  const visible = [...marks.values()].filter(({ hidden }) => !hidden).flatMap(({ tags }) => tags);
  const counted = (await store.tags({ prefix: '', limit: 100 })).map(({ tag, count }) => [tag, count]);
  const expected = [...new Set(visible)].map((tag) => [tag, visible.filter((one) => one === tag).length]);
  expect(new Map(counted as [string, number][])).toEqual(new Map(expected as [string, number][]));
}
