/** What every store must find by marks; a part of conformance.ts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { type Marks, NO_MARKS } from '../../src/task/marks.ts';
import { searchRequest } from '../helpers/search.ts';
import { tries } from '../helpers/thorough.ts';
import { IDS, type Model, NOW, runSteps, step, type Task, WORDS } from './marks-model.ts';

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
export function describeMarkSearch(open: () => MaybePromise<Store>): void {
  describe('a search by marks', () => {
    test('finds and counts what was last set, whatever becomes of the tasks', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 4, maxLength: 40 }),
          fc.array(question, { minLength: 12, maxLength: 12 }),
          async (steps, questions) => {
            const store = await open();
            const model = await runSteps(store, steps);
            for (const asked of questions) await expectAnswer(store, model, asked);
            await store.close();
          },
        ),
        { numRuns: tries(15, 400) },
      );
    });
  });
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
