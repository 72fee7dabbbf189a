/** What the mirror authorised is what the upstream gets, however the upstream reads a body. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { addToken } from '../helpers/access-token.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const [ID] = VENDOR_IDS;

/** Bodies that the mirror reads as a list. */
const LISTS = [
  `{"action":"delete","id":"${ID}","action":"retrieve_batch"}`,
  `{"action":"delete","id":"${ID}","\\u0061ction":"retrieve_batch"}`,
  `{"action":"retrieve_batch","Action":"delete","id":"${ID}"}`,
  `{"ACTION":"delete","action":"retrieve_batch","id":"${ID}"}`,
  `{"action":"retrieve_batch","act\u0130on":"delete","id":"${ID}"}`,
  `{"action":"retrieve_batch","action\\u0000":"delete","id":"${ID}"}`,
  `{"action":"retrieve_batch"," action":"delete","id":"${ID}"}`,
  `{"limit":5,"action":"delete","limit":2,"action":"retrieve_batch"}`,
];

describe('a read-only token', () => {
  test.each(LISTS)('can not delete by %s', async (body) => {
    const here = await startTestMirror();
    here.simulator.seed(VENDOR_DOCUMENTS);
    const answer = await here.post(body, await addToken(here, { isReadOnly: true }));
    expect(answer.status).toBe(200);
    const [sent] = here.simulator.requests;
    expect(sent?.body).toMatch(/"action":"retrieve_batch"/);
    expect(sent?.body.match(/action/gi)).toHaveLength(1);
    expect(sent?.body).not.toContain('delete');
    expect(here.simulator.documentText(ID as string)).toBeDefined();
  });

  test.each(LISTS)('can not delete by paying for %s', async (body) => {
    const here = await startTestMirror({}, { takesPayments: true });
    const headers = { ...(await addToken(here, { isReadOnly: true })), 'payment-signature': 'signed' };
    const answer = await here.post(body, headers);
    // It goes up as it was sent, or not at all.
    if (answer.status === 400) expect(here.simulator.requests).toEqual([]);
    else expect(here.simulator.requests.at(-1)).toMatchObject({ body, authorization: undefined });
  });
});

test('a list keeps filters that only the vendor knows, as they were read', async () => {
  const here = await startTestMirror();
  await here.post(
    '{ "action": "retrieve_batch", "new_filter": [1, {"a": null}], "limit": 5, "user_id": "u" }',
  );
  expect(here.simulator.requests[0]?.body).toBe(
    '{"action":"retrieve_batch","new_filter":[1,{"a":null}],"limit":5,"user_id":"u"}',
  );
});

test('a delete is sent as it was read', async () => {
  const here = await startTestMirror();
  here.simulator.seed(VENDOR_DOCUMENTS);
  await here.post(`{"id":"other","action":"retrieve","user_id":"u","action":"delete","id":"${ID}"}`);
  expect(here.simulator.requests.at(-1)?.body).toBe(`{"id":"${ID}","action":"delete","user_id":"u"}`);
});

describe('a generation', () => {
  test.each([
    '{"action":"generate","prompt":"a","prompt":"b"}',
    '{"action":"generate","callback_url":"http://a.example","Callback_URL":"http://b.example"}',
    '{"action":"generate","keyframes":[{"url":"a","url":"b"}]}',
  ])('that two parsers may read differently is refused before it is charged: %s', async (body) => {
    const here = await startTestMirror();
    for (const path of ['/flux/images', '/flux/videos']) {
      const answer = await here.request(path, { method: 'POST', body });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ success: false, error: { code: 'bad_request' } });
    }
    expect(here.simulator.requests).toEqual([]);
  });

  test.each([
    ['a member twice', ',"prompt":"b"}'],
    ['a member twice in spite of its escape', ',"pr\\u006fmpt":"b"}'],
    ['too deep nesting', `,"a":${'['.repeat(70)}${']'.repeat(70)}}`],
  ])(
    'that is streamed because of its size is refused for %s before its last byte is sent',
    async (_, end) => {
      const here = await startTestMirror();
      const large = (rest: string) => `{"action":"generate","prompt":"${'A'.repeat(3 * 1024 * 1024)}"${rest}`;
      const bodies = [
        { body: large(end) },
        { body: gzipSync(large(end)), headers: { 'content-encoding': 'gzip' } },
        { body: large(`,"callback_url":"http://a.example"${end}`) },
      ];
      for (const path of ['/flux/images', '/flux/videos'])
        for (const request of bodies) {
          const answer = await here.request(path, { method: 'POST', ...request });
          expect(answer.status).toBe(400);
          expect(await answer.json()).toMatchObject({ success: false, error: { code: 'bad_request' } });
        }
      expect(here.simulator.requests).toEqual([]);
      expect(
        (await here.request('/flux/images', { method: 'POST', body: large(',"async":true}') })).status,
      ).toBe(200);
      expect(here.simulator.requests[0]?.body).toBe(large(',"async":true}'));
    },
  );

  test('that is no JSON is the upstream’s to refuse', async () => {
    const here = await startTestMirror();
    await here.request('/flux/images', { method: 'POST', body: 'prompt=a&prompt=b' });
    expect(here.simulator.requests.at(-1)?.body).toBe('prompt=a&prompt=b');
  });
});
