import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readTaskIds } from '../../src/files/task-ids.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';

const [A, B, C, OTHER, USER] = numberedIds(5) as unknown as [string, string, string, string, string];

async function read(content: string | Uint8Array) {
  async function* chunks() {
    yield Buffer.from(content);
  }
  return readTaskIds(chunks(), 'FILE');
}

const json = JSON.stringify;
const document = (id: string) => {
  const value = JSON.parse(documentText({ id, userId: USER })) as object;
  return json({ _id: '677de81d', ...value, trace_id: OTHER, application_id: USER, credential_id: OTHER });
};

describe('the ids of tasks', () => {
  test.each<[string, string | Uint8Array, string[]]>([
    ['a document', document(A), [A]],
    ['documents appended on one line', document(A) + document(B), [A, B]],
    ['an indented document', json(JSON.parse(document(A)), null, 2), [A]],
    ['a list', `{"count":2,"items":[${document(A)},${document(B)}],"trace_id":"${OTHER}"}`, [A, B]],
    ['a document whose text is a JSON string', json([document(A)]), [A]],
    [
      'the answer of a generation',
      json({ success: true, task_id: A, trace_id: OTHER, data: [{ id: OTHER, image_url: 'x' }] }),
      [A],
    ],
    ['an answer in an envelope', json({ data: { task_id: A, trace_id: OTHER }, user: { id: USER } }), [A]],
    ['results without a task', json({ data: [{ id: OTHER, image_url: `https://x.example/${OTHER}` }] }), []],
    ['tasks of either kind', json({ tasks: [{ id: A }, { task_id: B }], user_id: USER }), [A, B]],
    ['other lists', json({ users: [{ id: USER }], application: { id: OTHER }, task: { id: A } }), [A]],
    ['an array of ids', json([A, B.toUpperCase(), A, `see ${OTHER}`, 7, null]), [A, B]],
    ['the request of a batch', json({ action: 'retrieve_batch', ids: [A, B], user_id: USER }), [A, B]],
    ['links in JSON', json({ links: [`https://x.example/${OTHER}.png`], id: A }), [A]],
    ['lines of JSON, gzipped', gzipSync(`${document(A)}\n${json({ task_id: B })}\n`), [A, B]],
    ['a byte order mark', `\ufeff${json([A])}`, [A]],
    ['free text', `Dear all,\n\nthe task ${A} failed; so did (${B})\nand\n${C}\nBest`, [A, B, C]],
    ['a log', `[info] created ${A}\n[warn] nothing\n[info] created ${B}`, [A, B]],
    ['a list with comments', `# mine\n${A}\n\nhttps://x.example/${B}?x\n`, [A, B]],
    ['nothing', ' \n# nothing yet\n', []],
  ])('of %s', async (_name, content, ids) => {
    const found = await read(content);
    expect(found.ids).toEqual(ids);
    const isEmpty = ids.length === 0 && /\w{9}/.test(content.toString());
    expect(found.problems).toEqual(
      isEmpty && !content.toString().includes('# nothing') ? ['FILE: no task id found'] : [],
    );
  });

  test('a text without any says so', async () => {
    expect((await read('nothing of the kind\nin here')).problems).toEqual(['FILE: no task id found']);
    expect((await read('{"success":true}')).problems).toEqual(['FILE: no task id found']);
  });

  test('what is damaged is reported, and the rest is taken', async () => {
    expect(await read(`${document(A)}\n{"task_id":"${OTHER}"\n${document(B)}`)).toEqual({
      ids: [A, B],
      problems: ['FILE:2: not valid JSON'],
    });
    expect(await read(Buffer.concat([gzipSync(json([A])), Buffer.from('garbage')]))).toEqual({
      ids: [A],
      problems: ['FILE: the gzip ends here, and something else follows it'],
    });
    expect(await read(`${A}\n${B.slice(0, -1)}\n${C}\n`)).toEqual({
      ids: [A, C],
      problems: ['FILE:2: no task id (a UUID)'],
    });
  });
});
