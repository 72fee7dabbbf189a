/** What the mirror authorised is what the upstream gets, however the upstream reads a body. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { addToken } from '../helpers/access-token.ts';
import { startTestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

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

test.each(['12345678901234567890', '-9007199254740993', '1e400', '[{"a":1e99}]'])(
  'a delete or a list with a number that reading rounds is refused: %s',
  async (number) => {
    const here = await startTestMirror();
    here.simulator.seed(VENDOR_DOCUMENTS);
    for (const action of [`"delete","id":"${ID}"`, '"retrieve_batch"']) {
      const answer = await here.post(`{"action":${action},"n":${number}}`);
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('beyond 2^53')]);
    }
    expect(here.simulator.requests).toEqual([]);
  },
);

test('a number up to 2^53 and a fraction are sent as they were read', async () => {
  const here = await startTestMirror();
  await here.post('{"action":"retrieve_batch","n":9007199254740991,"f":-0.1}');
  expect(here.simulator.requests[0]?.body).toBe('{"action":"retrieve_batch","n":9007199254740991,"f":-0.1}');
});

test.each([{}, { 'payment-signature': 'signed' }])(
  'an id that is no UTF-8 is refused, with %j',
  async (headers) => {
    const here = await startTestMirror({}, { takesPayments: true });
    for (const action of ['retrieve', 'delete']) {
      const body = Buffer.from(`{"action":"${action}","id":"x\xff"}`, 'latin1');
      const answer = await here.request('/flux/tasks', { method: 'POST', headers, body });
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('not valid UTF-8')]);
    }
    expect(here.simulator.requests).toEqual([]);
  },
);

test('a body with a byte order mark is read, and keeps it where it is paid for', async () => {
  const here = await startTestMirror({}, { takesPayments: true });
  here.simulator.seed(VENDOR_DOCUMENTS);
  const body = `\ufeff{"action":"delete","id":"${ID}"}`;
  const headers = { 'payment-signature': 'signed' };
  expect((await here.post(body, headers)).status).toBe(200);
  // The simulator reads it without the mark.
  expect(here.simulator.requests[0]?.headers['content-length']).toBe(String(Buffer.byteLength(body)));
  expect((await here.post(body)).status).not.toBe(400);
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

  const TWICE = '{"prompt":"cat","callback_url":"http://a.example/","prompt":"dog"}';
  const encodeUtf32be = (text: string) =>
    Buffer.from([...text].flatMap((char) => [0, 0, 0, char.charCodeAt(0)]));
  const NOT_AN_OBJECT = 'must be a JSON object';
  const NOT_UTF8 = 'not valid UTF-8';
  const NOT_JSON = 'is not JSON';
  const TRAILING = 'something behind its JSON object';
  const OTHERS: [string, Buffer | string, string][] = [
    ['in UTF-16BE', Buffer.from(TWICE, 'utf16le').swap16(), NOT_AN_OBJECT],
    ['in UTF-16BE with its mark', Buffer.from(`\ufeff${TWICE}`, 'utf16le').swap16(), NOT_UTF8],
    ['in UTF-16LE', Buffer.from(TWICE, 'utf16le'), NOT_JSON],
    ['in UTF-16LE with its mark', Buffer.from(`\ufeff${TWICE}`, 'utf16le'), NOT_UTF8],
    ['in UTF-32BE', encodeUtf32be(TWICE), NOT_AN_OBJECT],
    ['behind a form feed', `\f${TWICE}`, NOT_AN_OBJECT],
    ['behind a vertical tab', `\v${TWICE}`, NOT_AN_OBJECT],
    ['behind a no-break space', `\u00a0${TWICE}`, NOT_AN_OBJECT],
    ['behind two byte order marks', `\ufeff\ufeff${TWICE}`, NOT_AN_OBJECT],
    ['behind a comment', `/*x*/${TWICE}`, NOT_AN_OBJECT],
    ['behind a guard against scripts', `)]}'\n${TWICE}`, NOT_AN_OBJECT],
    ['in an array', `[${TWICE.replace('"prompt":"dog"', '"a":1')}]`, NOT_AN_OBJECT],
    ['of two objects', '{"prompt":"a"}{"prompt":"b"}', TRAILING],
    ['with an unquoted name', '{prompt:"a","prompt":"b"}', NOT_JSON],
    ['with a name in single quotes', `{"prompt":"a",'prompt':"b"}`, NOT_JSON],
    ['with an escape of another language', '{"prompt":"a","\\x70rompt":"b"}', NOT_JSON],
    ['with a comment in it', '{"prompt":"a"/*,"x":"*/,"prompt":"b"}', NOT_JSON],
    [
      'with invalid UTF-8',
      Buffer.from('{"prompt":"a\xff","callback_url":"http://a.example/"}', 'latin1'),
      NOT_UTF8,
    ],
    ['with an overlong name', Buffer.from('{"prompt":"a","\xc1\xb0rompt":"b"}', 'latin1'), NOT_UTF8],
    ['as a form', 'prompt=a&prompt=b', NOT_AN_OBJECT],
    ['that is empty', '', NOT_AN_OBJECT],
    ['that is cut off', '{"prompt":"a"', 'ends too early'],
  ];

  test.each(OTHERS)(
    '%s is not sent with the mirror’s token, and the caller hears why',
    async (_, text, reason) => {
      const here = await startTestMirror({ callbackUrl: 'http://mirror.example' });
      for (const path of ['/flux/images', '/flux/videos']) {
        const body = typeof text === 'string' ? text : new Uint8Array(text);
        const plain = await here.request(path, { method: 'POST', body });
        const gzipped = { body: new Uint8Array(gzipSync(text)), headers: { 'content-encoding': 'gzip' } };
        const packed = await here.request(path, { method: 'POST', ...gzipped });
        for (const answer of [plain, packed]) {
          expect(answer.status).toBe(400);
          expect(await answer.text()).toContain(reason);
        }
      }
      expect(here.simulator.requests).toEqual([]);
    },
  );

  test('in two parts of a gzip is not sent with the mirror’s token', async () => {
    const here = await startTestMirror();
    const body = Buffer.concat([gzipSync('{"prompt":"a"}'), gzipSync('{"prompt":"b"}')]);
    const headers = { 'content-encoding': 'gzip' };
    expect((await here.request('/flux/images', { method: 'POST', body, headers })).status).toBe(400);
    expect(here.simulator.requests).toEqual([]);
  });

  test.each([
    ['two objects', '"}{"prompt":"b"}'],
    ['an unquoted name', '",prompt:"b"}'],
    ['no end', '"'],
    ['invalid UTF-8', '\xff"}'],
  ])('that is streamed because of its size is refused for %s', async (_, end) => {
    const here = await startTestMirror();
    const body = Buffer.from(`{"prompt":"${'A'.repeat(3 * 1024 * 1024)}${end}`, 'latin1');
    expect((await here.request('/flux/images', { method: 'POST', body })).status).toBe(400);
    expect(here.simulator.requests).toEqual([]);
  });

  test('that is JSON in UTF-8 is sent as such, whatever type its caller declares', async () => {
    const here = await startTestMirror({}, { taskDurationMs: 0 });
    const body = '\r\n{"prompt":"é \\ud83d\\ude00","a":[-0.5e+3,[],{},true,null,"\\/"]}\n';
    const headers = { 'content-type': 'application/json; charset=utf-7' };
    const answer = await here.request('/flux/images', { method: 'POST', body: `\ufeff${body}`, headers });
    expect(answer.status).toBe(200);
    const [sent] = here.simulator.requests;
    expect(sent).toMatchObject({ body, headers: { 'content-type': 'application/json' } });
  });

  test('that is no JSON is the upstream’s to refuse where the token is the caller’s', async () => {
    const here = await startTestMirror({ upstreamToken: '' });
    const headers = { authorization: `Bearer ${UPSTREAM_TOKEN}`, 'content-type': 'text/x-other' };
    await here.request('/flux/images', { method: 'POST', body: 'prompt=a&prompt=b', headers });
    expect(here.simulator.requests.at(-1)).toMatchObject({
      body: 'prompt=a&prompt=b',
      headers: { 'content-type': 'text/x-other' },
    });
  });
});
