/** Ids in pasted text. */
import { expect, test } from 'vitest';
import { findPastedIds } from '../../../src/web/view/pasted-ids.ts';
import { documentText, numberedIds } from '../../helpers/documents.ts';

const [first, second] = numberedIds(2);
const USER = '99999999-0000-4000-8000-000000000000';

test.each([
  ['a list', `${first}\n${second}\n`],
  ['a list with CRLF and commas', `${first},\r\n${second},\r\n`],
  ['a log', `[info] 12:00 task ${first.toUpperCase()} started\n[warn] ${second}: retried; ${first}`],
  ['links', `https://example.com/?task=${first}&x=1 https://example.com/${second}.png`],
  [
    'JSON',
    JSON.stringify({ items: [{ id: first, user_id: USER, request: {} }, { task_id: second }] }, null, 2),
  ],
  ['a JSON array', JSON.stringify([first, second])],
  [
    'lines of JSON',
    [documentText({ id: first, userId: USER }), documentText({ id: second, userId: USER })].join('\n'),
  ],
  ['JSON that is cut off', `{"id":"${first}","next":"${second}`],
])('finds the ids in %s', (_, text) => {
  expect(findPastedIds(text)).toEqual([first, second]);
});

test.each(['', 'no ids here', '{}', '[]', '{"user_id":"99999999-0000-4000-8000-000000000000"}', '{{{'])(
  'finds none in %j',
  (text) => {
    expect(findPastedIds(text)).toEqual([]);
  },
);
