/** Which names count as beginning with a verb. */
import { expect, test } from 'vitest';
import { startsWithVerb } from '../../scripts/verbs/verb-list.ts';

test.each([
  'parseQuery',
  'storeDocuments',
  'isFresh',
  'hasTasks',
  'run',
  'answerTasks',
  'backUp',
  'sortByTime',
  'createServeCommand',
])('%s begins with a verb', (name) => {
  expect(startsWithVerb(name)).toBe(true);
});

test.each([
  'toJson',
  'asTaskId',
  'withStore',
  'rowOf',
  'loaded',
  'searchCommand',
  'serveCommand',
  'searchHits',
])('%s does not begin with a verb', (name) => {
  expect(startsWithVerb(name)).toBe(false);
});
