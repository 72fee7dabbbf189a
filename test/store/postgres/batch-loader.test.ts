import { describe, expect, test } from 'vitest';
import { createBatchLoader } from '../../../src/store/postgres/batch-loader.ts';

interface Row {
  readonly id: string;
}

/** A loader whose statements are answered when the test says so. */
function startLoader() {
  const statements: { readonly ids: readonly string[]; answer(): void; fail(error: Error): void }[] = [];
  const get = createBatchLoader<string, Row>(
    (ids) =>
      new Promise((resolve, reject) => {
        statements.push({
          ids,
          answer: () => resolve(ids.filter((id) => id !== 'unknown').map((id) => ({ id }))),
          fail: reject,
        });
      }),
  );
  return { get, statements };
}

const endTurn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
const listIds = (count: number) => Array.from({ length: count }, (_, at) => `id ${at}`);

describe('reads of one turn', () => {
  test('are one statement, with each id once', async () => {
    const { get, statements } = startLoader();
    const rows = ['a', 'b', 'a', 'unknown'].map(get);
    await endTurn();
    expect(statements.map(({ ids }) => ids)).toEqual([['a', 'b', 'unknown']]);
    statements[0]?.answer();
    expect(await Promise.all(rows)).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'a' }, undefined]);
  });

  test('are several statements when they are many, each with other ids', async () => {
    const { get, statements } = startLoader();
    const ids = listIds(40);
    const rows = ids.map(get);
    await endTurn();
    expect(statements.length).toBeGreaterThan(1);
    expect(statements.flatMap((statement) => statement.ids)).toEqual(ids);
    for (const statement of statements) statement.answer();
    expect(await Promise.all(rows)).toEqual(ids.map((id) => ({ id })));
  });

  test('wait when four statements are under way, and follow as soon as one has ended', async () => {
    const { get, statements } = startLoader();
    const rows = listIds(1000).map(get);
    await endTurn();
    expect(statements).toHaveLength(4);
    statements[0]?.answer();
    await endTurn();
    expect(statements).toHaveLength(5);
    for (let at = 1; at < statements.length; at += 1) {
      statements[at]?.answer();
      await endTurn();
    }
    expect(await Promise.all(rows)).toHaveLength(1000);
  });
});

test('an error is that of the reads of its statement alone', async () => {
  const { get, statements } = startLoader();
  const first = get('a');
  await endTurn();
  const second = get('b');
  await endTurn();
  statements[0]?.fail(new Error('connection lost'));
  statements[1]?.answer();
  await expect(first).rejects.toThrow('connection lost');
  expect(await second).toEqual({ id: 'b' });
});
