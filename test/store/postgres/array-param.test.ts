import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { encodeArray } from '../../../src/store/postgres/array-param.ts';
import type { Postgres } from '../../../src/store/postgres/database.ts';
import { buildRows } from '../../../src/store/postgres/rows.ts';
import { connectToTest, createTestDatabase } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

let db: Postgres;

beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  db = connectToTest(await createTestDatabase());
});

/** What PostgreSQL has read, value by value. */
async function readBack(type: string, values: readonly unknown[]): Promise<unknown[]> {
  const rows = await db.query<{ value: unknown }>(
    `SELECT value FROM unnest($1::${type}[]) WITH ORDINALITY AS given (value, n) ORDER BY n`,
    [encodeArray(type, values)],
  );
  return rows.map(({ value }) => value);
}

describe('arrays of', () => {
  test('texts arrive as they are, but for what no text can hold', async () => {
    const special = ['', 'NULL', 'null', null, '{"a":"b\\"c"}', "it's", '\\', ' a ', '的龙凤', '🦊'];
    expect(await readBack('text', special)).toEqual(special);
    expect(await readBack('text', ['a\0b', '\ud800'])).toEqual(['a\ufffdb', '\ufffd']);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.string({ unit: 'grapheme' }))), async (texts) => {
        const held = texts.map((text) => text?.replaceAll('\0', '\ufffd') ?? null);
        expect(await readBack('text', texts)).toEqual(held);
      }),
      { numRuns: 50 },
    );
  });

  test('whole numbers arrive as they are', async () => {
    const special = [0, -1, 1, null, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, Number.MAX_SAFE_INTEGER];
    const negative = [Number.MIN_SAFE_INTEGER, -(2 ** 32) - 1, -(2 ** 31)];
    expect(await readBack('bigint', [...special, ...negative])).toEqual([...special, ...negative]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.maxSafeInteger()), async (numbers) => {
        expect(await readBack('bigint', numbers)).toEqual(numbers);
      }),
      { numRuns: 50 },
    );
  });

  test('bytes and truth values arrive as they are', async () => {
    const bytes = [Buffer.from([0, 255, 92, 34]), null, Buffer.alloc(0)];
    expect(await readBack('bytea', bytes)).toEqual(bytes);
    expect(await readBack('boolean', [true, null, false])).toEqual([true, null, false]);
  });

  test('nothing are empty', async () => {
    expect(await readBack('text', [])).toEqual([]);
    expect(await readBack('bigint', [])).toEqual([]);
  });

  test.each([1.5, Number.NaN, 1e300, '7 cats'])('whole numbers with %s are refused', async (value) => {
    await expect(readBack('bigint', [1, value])).rejects.toMatchObject({
      code: expect.stringMatching(/^22/),
    });
  });
});

test('rows arrive with their columns, in their order', async () => {
  const { sql, params } = buildRows(
    'given',
    { name: ['text', ({ name }) => name], n: ['bigint', ({ n }) => n] },
    [
      { name: 'b', n: 2 },
      { name: 'a', n: 1 },
    ],
  );
  const numbered = sql.replace('?', '$1').replace('?', '$2');
  expect(await db.query(`SELECT name, n, position FROM ${numbered} ORDER BY position`, params)).toEqual([
    { name: 'b', n: 2, position: 1 },
    { name: 'a', n: 1, position: 2 },
  ]);
});
