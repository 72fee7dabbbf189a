import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatCollectionLine,
  isCollectionLine,
  MalformedCollection,
  readCollectionLine,
} from '../../src/files/collections-line.ts';
import {
  type ArchivedCollection,
  MAX_COLLECTION_NOTE,
  MAX_COLLECTION_TASKS,
} from '../../src/store/contract/collections.ts';
import { normalizeName } from '../../src/task/entry-name.ts';
import type { TaskId } from '../../src/task/id.ts';
import { numberedIds } from '../helpers/documents.ts';

const NOW_MS = Date.UTC(2026, 2, 14);
const [FIRST, SECOND] = numberedIds(2);
const changed_at = '2026-03-01T00:00:00.000Z';
const read = (text: string) => {
  const value: unknown = JSON.parse(text);
  if (!isCollectionLine(value)) throw new Error('not a line of a collection');
  return readCollectionLine(value, NOW_MS);
};
const readMembers = (members: object) =>
  read(JSON.stringify({ collection: { name: 'Best', tasks: [FIRST], ...members }, changed_at }));

const isName = (text: string) => {
  try {
    return normalizeName(text) === text;
  } catch {
    return false;
  }
};
const owners = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { maxLength: 3 });
const archivedCollection: fc.Arbitrary<ArchivedCollection> = fc
  .record({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(isName),
    note: fc.constantFrom('', 'a\nb\r\nc', 'a\u2028b', '{"id":1}', '=1+1', '海'),
    users: owners,
    applications: owners,
    tasks: fc.uniqueArray(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 128 }), {
      maxLength: 5,
    }),
    cover: fc.nat(),
    changedAtMs: fc.integer({ min: 1, max: NOW_MS }),
  })
  .map(({ users, applications, tasks, cover, ...rest }) => ({
    ...rest,
    limits:
      users.length + applications.length > 0 ? { userIds: users, applicationIds: applications } : undefined,
    tasks: tasks as TaskId[],
    cover: tasks[cover] as TaskId | undefined,
  }));

test('what is written is read again, from one line', () => {
  fc.assert(
    fc.property(archivedCollection, (archived) => {
      const line = formatCollectionLine(archived);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(read(line)).toEqual(archived);
      expect(formatCollectionLine(read(line))).toBe(line);
    }),
  );
});

test('has the members of the format in this order', () => {
  const archived = { name: 'Best', note: 'a', limits: undefined, cover: SECOND, tasks: [SECOND, FIRST] };
  expect(formatCollectionLine({ ...archived, changedAtMs: Date.UTC(2026, 2, 1) })).toBe(
    `{"collection":{"name":"Best","note":"a","cover":"${SECOND}","user_ids":[],"application_ids":[],"tasks":["${SECOND}","${FIRST}"]},"changed_at":"${changed_at}"}\n`,
  );
});

test('absent members are none, repeated tasks are one, and the name is normalized', () => {
  expect(readMembers({ name: ' Best  of all ', tasks: [SECOND, FIRST, SECOND] })).toEqual({
    ...{ name: 'Best of all', note: '', limits: undefined, cover: undefined, tasks: [SECOND, FIRST] },
    changedAtMs: Date.parse(changed_at),
  });
  expect(readMembers({ note: ' \n' }).note).toBe('');
  expect(readMembers({ note: 'a\r\nb\u0000\u202ec' }).note).toBe('a\r\nbc');
});

test('a time in the future is now', () => {
  const line = { collection: { name: 'a', tasks: [] }, changed_at: '2036-03-01T00:00:00Z' };
  expect(read(JSON.stringify(line)).changedAtMs).toBe(NOW_MS);
});

test.each([
  { id: 'a', request: {}, collection: {} },
  { id: 'a', response: {}, collection: {} },
  { id: 'a', marks: {} },
  [],
  null,
])('a document and other values are no such lines: %j', (value) => {
  expect(isCollectionLine(value)).toBe(false);
});

describe('refuses', () => {
  test.each<[string, object]>([
    ['no name', { name: undefined }],
    ['a name of spaces', { name: ' ' }],
    ['a name that is too long', { name: 'x'.repeat(101) }],
    ['a name with control characters', { name: 'a\u0007' }],
    ['a name that is a number', { name: 7 }],
    ['a note that is too long', { note: 'x'.repeat(MAX_COLLECTION_NOTE + 1) }],
    ['a note that is a number', { note: 7 }],
    ['no tasks', { tasks: undefined }],
    ['tasks that are no list', { tasks: { length: 0 } }],
    ['tasks that are no ids', { tasks: [FIRST, 7] }],
    ['an id that can be none', { tasks: [''] }],
    [
      'more tasks than a collection has',
      { tasks: Array.from({ length: MAX_COLLECTION_TASKS + 1 }, (_, at) => `task-${at}`) },
    ],
    ['a cover that is none of its tasks', { cover: SECOND }],
    ['a user that is empty', { user_ids: [''] }],
    ['applications that are no list', { application_ids: 'app' }],
    ['the key of a link', { link: 'x'.repeat(32) }],
  ])('%s', (_what, members) => {
    expect(() => readMembers(members)).toThrow(MalformedCollection);
  });

  test.each(['today', '2026-03-01', '', undefined, 7])('the time %j', (time) => {
    const line = { collection: { name: 'a', tasks: [] }, changed_at: time };
    expect(() => read(JSON.stringify(line))).toThrow('"changed_at" of a collection must be a time');
  });
});
