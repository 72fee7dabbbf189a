/** What counts as a difference between two texts of one document. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, compareDocuments, MAX_CHANGES } from '../../src/verify/compare.ts';

const OTHER_VALUE = -31337.25;

/** @returns the changes, as `path: stored → upstream` */
function listChanges(stored: string, upstream: string): string[] {
  const comparison = compareDocuments(stored, upstream);
  if (comparison.kind !== 'changed') return [comparison.kind];
  return comparison.changes.map(
    ({ path, stored: one, upstream: other }: Change) => `${path}: ${one ?? '-'} → ${other ?? '-'}`,
  );
}

describe('the same content', () => {
  test.each([
    ['equal bytes', '{"a":1}', '{"a":1}', 'same'],
    ['another order of members', '{"a":1,"b":[{"c":2,"d":3}]}', '{"b":[{"d":3,"c":2}],"a":1}', 'reformatted'],
    ['white space', '{"a":[1,2]}', ' { "a" : [ 1 ,\n2 ] }', 'reformatted'],
    ['escapes', '{"a":"é\\ud83d\\ude00/"}', '{"\\u0061":"\\u00E9😀\\/"}', 'reformatted'],
    ['a lone surrogate', '{"a":"\\ud800"}', '{"a":"\\uD800"}', 'reformatted'],
    ['numbers in another spelling', '{"a":[15,-0.5,0,1e3]}', '{"a":[1.50e1,-5e-1,-0.0,1000]}', 'reformatted'],
    ['a member that repeats, in its order', '{"a":1,"b":0,"a":2}', '{"b":0,"a":1,"a":2}', 'reformatted'],
    ['empty containers', '{"a":{},"b":[]}', '{"b":[ ],"a":{ }}', 'reformatted'],
  ])('%s', (_what, stored, upstream, kind) => {
    expect(compareDocuments(stored, upstream).kind).toBe(kind);
  });

  test('of documents whose members are in another order', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })),
        fc.infiniteStream(fc.nat()),
        (value, random) => {
          const text = JSON.stringify(value);
          expect(compareDocuments(text, shuffle(value, random)).kind).toMatch(/^(same|reformatted)$/);
        },
      ),
    );
  });
});

describe('a change', () => {
  test.each([
    ['a value', '{"a":{"b":[1,{"c":"x"}]}}', '{"a":{"b":[1,{"c":"y"}]}}', ['a.b[1].c: "x" → "y"']],
    ['a new member, and one less', '{"a":1,"b":2}', '{"a":1,"c":2}', ['b: 2 → -', 'c: - → 2']],
    ['elements', '{"a":[1,2,3]}', '{"a":[1,3]}', ['a[1]: 2 → 3', 'a[2]: 3 → -']],
    ['the type', '{"a":1,"b":{"c":1}}', '{"a":"1","b":[1]}', ['a: 1 → "1"', 'b: {"c":1} → [1]']],
    ['null and nothing', '{"a":null}', '{}', ['a: null → -']],
    [
      'a number beyond 2^53',
      '{"a":12345678901234567890}',
      '{"a":12345678901234567891}',
      ['a: 12345678901234567890 → 12345678901234567891'],
    ],
    ['a number beyond 1e308', '{"a":1e400}', '{"a":1e401}', ['a: 1e400 → 1e401']],
    ['a small fraction', '{"a":0.30000000000000001}', '{"a":0.3}', ['a: 0.30000000000000001 → 0.3']],
    ['a repeated member', '{"a":1,"a":2}', '{"a":1,"a":3}', ['a#2: 2 → 3']],
    ['the order of a repeated member', '{"a":1,"a":2}', '{"a":2,"a":1}', ['a: 1 → 2', 'a#2: 2 → 1']],
    ['a member that repeats no more', '{"a":1,"a":2}', '{"a":2}', ['a: 1 → 2', 'a#2: 2 → -']],
    [
      'odd names',
      '{"a b":1,"__proto__":{"x":1},"":2}',
      '{"a b":2,"__proto__":{"x":2},"":3}',
      ['["a b"]: 1 → 2', '__proto__.x: 1 → 2', '[""]: 2 → 3'],
    ],
    ['a string in another spelling', '{"a":"\\u732b 1"}', '{"a":"猫 2"}', ['a: "猫 1" → "猫 2"']],
    ['a string of JSON', '{"a":"{\\"b\\":1}"}', '{"a":"{\\"b\\":2}"}', ['a: "{\\"b\\":1}" → "{\\"b\\":2}"']],
  ])('%s', (_what, stored, upstream, changes) => {
    expect(listChanges(stored, upstream)).toEqual(changes);
  });

  test('of one value anywhere is found at its path, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 4 }), { minKeys: 1 }),
        fc.infiniteStream(fc.nat()),
        (value, random) => {
          const places = listPlaces(value);
          const place = places[(random.next().value as number) % places.length] as Place;
          const before = JSON.stringify(value);
          const was = place.holder[place.key as never] as unknown;
          (place.holder as Record<string, unknown>)[place.key] = OTHER_VALUE;
          fc.pre(was !== OTHER_VALUE);
          const comparison = compareDocuments(before, shuffle(value, random));
          expect(comparison).toMatchObject({
            kind: 'changed',
            count: 1,
            changes: [{ path: place.path, upstream: String(OTHER_VALUE) }],
          });
        },
      ),
    );
  });
});

describe('what is shown of changes', () => {
  test('long values from shortly before the place where they begin to differ', () => {
    const [change] = changesOf(
      `a${'x'.repeat(200)}old${'y'.repeat(200)}`,
      `a${'x'.repeat(200)}new${'y'.repeat(200)}`,
    );
    expect(change?.stored).toMatch(/^…x{20}oldy+…$/);
    expect(change?.upstream).toMatch(/^…x{20}newy+…$/);
    expect(change?.stored?.length).toBeLessThan(90);
  });

  test('a value that ends where the other goes on', () => {
    expect(changesOf('x'.repeat(200), 'x'.repeat(300))[0]?.stored).toMatch(/^…x{20}"$/);
  });

  test('no half of a character', () => {
    const [change] = changesOf('😀'.repeat(100), `${'😀'.repeat(61)}x`);
    expect([change?.stored?.isWellFormed(), change?.upstream?.isWellFormed()]).toEqual([true, true]);
  });

  test('the first of many, and their number; names are cut short', () => {
    const many = (value: number) =>
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`${'n'.repeat(1000)}${at}`, value])),
      );
    const comparison = compareDocuments(many(1), many(2));
    expect(comparison).toMatchObject({ kind: 'changed', count: 500 });
    const changes = comparison.kind === 'changed' ? comparison.changes : [];
    expect([changes.length, Math.max(...changes.map(({ path }) => path.length))]).toEqual([MAX_CHANGES, 104]);
  });
});

test('a hundred thousand values are compared in linear time', () => {
  const build = (last: number) => `{"a":[${'{"b":[1.50,"x"]},'.repeat(50_000)}${last}]}`;
  const started = performance.now();
  expect(listChanges(build(1), build(2))).toEqual(['a[50000]: 1 → 2']);
  // Alone half a second; were it quadratic, minutes.
  expect(performance.now() - started).toBeLessThan(10_000);
});

function changesOf(stored: string, upstream: string): readonly Change[] {
  const comparison = compareDocuments(JSON.stringify({ a: stored }), JSON.stringify({ a: upstream }));
  return comparison.kind === 'changed' ? comparison.changes : [];
}

/** JSON with the members of each object in another order, and its strings and spaces in another spelling. */
function shuffle(value: unknown, random: IterableIterator<number>): string {
  if (typeof value === 'string') return spell(value, random);
  if (Array.isArray(value)) return `[${value.map((one) => shuffle(one, random)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .map(([name, member]) => ({
      text: `${spell(name, random)}: ${shuffle(member, random)}`,
      at: random.next().value,
    }))
    .sort((a, b) => Number(a.at) - Number(b.at));
  return `{ ${members.map(({ text }) => text).join(' ,')} }`;
}

/** Some of its UTF-16 units as escapes. */
function spell(text: string, random: IterableIterator<number>): string {
  const units = Array.from({ length: text.length }, (_, at) =>
    text.charCodeAt(at).toString(16).padStart(4, '0'),
  );
  return Number(random.next().value) % 2 === 0
    ? JSON.stringify(text)
    : `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}

interface Place {
  readonly holder: object;
  readonly key: string;
  readonly path: string;
}

/** Every place in a value, with its path as the comparison writes it. */
function listPlaces(value: unknown, path = ''): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const plain = path === '' ? key : `${path}.${key}`;
    const named = /^[A-Za-z_][\w-]*$/.test(key) ? plain : `${path}[${JSON.stringify(key)}]`;
    const place = Array.isArray(value) ? `${path}[${key}]` : named;
    return [{ holder: value, key, path: place }, ...listPlaces(member, place)];
  });
}
