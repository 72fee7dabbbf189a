import { expect, test } from 'vitest';
import { NO_MARKS as DOMAIN_NO_MARKS, MAX_RATING } from '../../../src/task/marks.ts';
import { NO_MARKS, RATINGS } from '../../../src/web/view/marks.ts';

test('marks of the pages are those of tasks', () => {
  expect(NO_MARKS).toEqual(DOMAIN_NO_MARKS);
  expect(RATINGS).toEqual(Array.from({ length: MAX_RATING }, (_, at) => at + 1));
});
