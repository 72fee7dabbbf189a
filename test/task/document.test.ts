import { describe, expect, test } from 'vitest';
import { listArtifacts } from '../../src/task/artifacts.ts';
import { MalformedDocument, parseDocument } from '../../src/task/document.ts';
import { parseEpochMs } from '../../src/task/epoch-time.ts';
import { findTaskIds, parseTaskId } from '../../src/task/id.ts';
import type { JsonObject } from '../../src/task/json-object.ts';
import { READ_AT_MS, VENDOR_DOCUMENT_ROWS } from './vendor-documents.ts';

const NOW = 1_770_000_000_000;

describe('parseDocument', () => {
  test('reads what search and schedule need, and keeps the text', () => {
    const text =
      '{ "id":"a","created_at":1736304669.779,"type":"images","user_id":"u","application_id":"p","request":{"prompt":"a cat","model":"flux-dev","size":"16:9","action":"generate"},"response":{"success":true,"data":[{"image_url":"https://x.example/1.png","seed":12}]}}';
    expect(parseDocument(text, NOW)).toEqual({
      id: 'a',
      text,
      state: 'succeeded',
      createdAtMs: 1_736_304_669_779,
      prompt: 'a cat',
      model: 'flux-dev',
      size: '16:9',
      action: 'generate',
      type: 'images',
      userId: 'u',
      applicationId: 'p',
      seed: '12',
      artifactLinks: ['https://x.example/1.png'],
      inputLinks: [],
    });
  });

  test('uses the prompt of the first result if the request has none', () => {
    expect(parseDocument('{"id":"a","response":{"data":[null,{"prompt":"a dog"}]}}', NOW).prompt).toBe(
      'a dog',
    );
  });

  test('accepts members of any other type', () => {
    for (const odd of ['null', '7', '"x"', '[]', '{}', 'true']) {
      const text = `{"id":"a","created_at":${odd === '7' ? '-7' : odd},"request":${odd},"response":${odd},"user_id":${odd},"type":{},"state":[]}`;
      expect(parseDocument(text, NOW)).toMatchObject({
        id: 'a',
        createdAtMs: NOW,
        state: 'pending',
        prompt: '',
      });
    }
  });

  test.each([
    ['', 'JSON'],
    ['{', 'JSON'],
    ['7', 'object'],
    ['[]', 'object'],
    ['null', 'object'],
    ['{}', 'id'],
    ['{"id":7}', 'id'],
    ['{"id":""}', 'id'],
    ['{"__proto__":{"id":"a"}}', 'id'],
    [`{"id":"a","x":${'['.repeat(64)}${']'.repeat(64)}}`, 'deep'],
  ])('rejects %s', (text, reason) => {
    expect(() => parseDocument(text, NOW)).toThrow(MalformedDocument);
    expect(() => parseDocument(text, NOW)).toThrow(reason);
  });
});

test.each(VENDOR_DOCUMENT_ROWS)('$name ($sure: $source)', ({ text, expected }) => {
  const task = parseDocument(text, READ_AT_MS);
  expect({
    state: task.state,
    kind: task.type,
    createdAtMs: task.createdAtMs,
    seed: task.seed,
    artifacts: listArtifacts(JSON.parse(text) as JsonObject).map(({ url }) => url),
  }).toEqual(expected);
});

test.each([
  [1736304669.779, 1_736_304_669_779],
  [1736304669, 1_736_304_669_000],
  ['2025-01-08T02:51:09.779Z', 1_736_304_669_779],
  [0, undefined],
  [-5, undefined],
  [1736304669779, 1_736_304_669_779],
  [1e300, undefined],
  ['yesterday', undefined],
  ['7', undefined],
  [null, undefined],
  [{}, undefined],
])('the time %j', (value, ms) => {
  expect(parseEpochMs(value)).toBe(ms);
});

describe('ids', () => {
  test.each(['a', 'x'.repeat(128), '2db0168c-2373-4367-8d9a-9dc778802e8a', '猫'])('%s is valid', (id) => {
    expect(parseTaskId(id)).toBe(id);
  });

  test.each(['', 'x'.repeat(129), 'a\nb', 'a\u0000', '\ud800', 7, null, undefined, {}])(
    '%j is invalid',
    (id) => {
      expect(parseTaskId(id)).toBeUndefined();
    },
  );

  test('are extracted from any text, each once, in order', () => {
    const [a, b] = ['2db0168c-2373-4367-8d9a-9dc778802e8a', '72bdd69d-290d-4710-a6d4-60c78968865a'];
    expect(findTaskIds(`[{"id":"${b}"}] see ${a.toUpperCase()}, again ${b}; not 2db0168c-2373`)).toEqual([
      b,
      a,
    ]);
  });
});
