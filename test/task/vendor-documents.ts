/**
 * Task documents built from the vendor's examples and their variations, and what the mirror must read out of each. Every row has
 * its source and how sure it is: D = the vendor's documentation says so, C = a client of the vendor sends it or relies on it,
 * I = nobody says; it is what the mirror decided.
 */
import { VENDOR_DOCUMENTS } from '../../src/simulator/samples.ts';
import type { JsonObject } from '../../src/task/json-object.ts';
import type { TaskState } from '../../src/task/state.ts';

export type Certainty = 'D' | 'C' | 'I';

export interface Reading {
  readonly state: TaskState;
  readonly kind: string;
  readonly createdAtMs: number;
  readonly seed: string | undefined;
  /** Links in their order. */
  readonly artifacts: readonly string[];
}

export interface VendorDocument {
  readonly name: string;
  readonly source: string;
  readonly sure: Certainty;
  readonly text: string;
  readonly expected: Reading;
}

/** When the documents are read; all of them were created long before. */
export const READ_AT_MS = Date.UTC(2026, 10, 20);

const MINUTE = 60_000;
const CREATED_MS = 1_736_304_669_779;
const IMAGE_URL =
  'https://sf-maas-uat-prod.oss-cn-shanghai.aliyuncs.com/outputs/57d9ff7c-5a00-409e-9dcc-90f35b38d16e_0.png';
const VIDEO_URL = 'https://platform2.cdn.acedata.cloud/flux/0d1e2f3a.mp4';
const OBJECT_ID_MS = 0x677de81d * 1000;

const IMAGE: Reading = {
  state: 'succeeded',
  kind: 'images',
  createdAtMs: CREATED_MS,
  seed: '281520112',
  artifacts: [IMAGE_URL],
};
const VIDEO: Reading = { ...IMAGE, kind: 'videos', seed: undefined, artifacts: [VIDEO_URL] };
/** Ended without a result, or not ended. */
const NO_RESULT = { seed: undefined, artifacts: [] };

const imageTask = JSON.parse(VENDOR_DOCUMENTS[0]) as JsonObject & {
  request: JsonObject;
  response: JsonObject;
};
const [imageResult] = imageTask.response.data as [JsonObject];

const videoResult = {
  id: '0d1e2f3a',
  model: 'flux-3',
  video_url: VIDEO_URL,
  seconds: 5.041667,
  width: 1280,
  height: 704,
  fps: 24,
  draft_task_id: null,
};
const videoTask = {
  ...imageTask,
  request: { action: 'generate', model: 'flux-3', mode: 't2v', prompt: 'a white siamese cat', duration: 5 },
  response: {
    success: true,
    task_id: imageTask.id,
    trace_id: imageTask.trace_id,
    data: [videoResult],
    usage: { seconds: 5.041667 },
    cost: { amount: 2.68, currency: 'credit', list_amount: 2.98 },
  },
};

const without = (document: JsonObject, ...members: string[]): JsonObject =>
  Object.fromEntries(Object.entries(document).filter(([member]) => !members.includes(member)));
const withResponse = (response: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...imageTask,
  ...more,
  response: { ...imageTask.response, ...response },
});
const withRequest = (request: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...without(imageTask, 'response'),
  ...more,
  request: { ...imageTask.request, ...request },
});
const withResult = (...results: unknown[]): JsonObject => withResponse({ data: results });
const pending = without(imageTask, 'response');
/** The seed as it is written: what JSON.stringify would round. */
const withSeedText = (seed: string): string =>
  JSON.stringify(withResult({ ...imageResult, seed: 4711 })).replace('4711', seed);
const withCreatedText = (written: string): string =>
  VENDOR_DOCUMENTS[0].replace('"created_at":1736304669.779', `"created_at":${written}`);

/** Deeper than any document may be. */
const DEEP = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;

type Row = readonly [Certainty, string, string, JsonObject | string, Reading];

const STATE_RULE = 'rules of docs/states.md';
const TASK_MEMBERS = 'the task document, Tasks API';
const VIDEOS_API = 'POST /flux/videos, documentation of October 2026';
const SDK = 'the SDK: status words and artifact links';

const ROWS: readonly Row[] = [
  // The vendor's own examples.
  ['D', 'Tasks API, first example', 'an image', VENDOR_DOCUMENTS[0], IMAGE],
  [
    'D',
    'Tasks API, second example',
    'another image',
    VENDOR_DOCUMENTS[1],
    {
      ...IMAGE,
      createdAtMs: 1_736_304_976_278,
      seed: '1437672535',
      artifacts: [
        'https://sf-maas-uat-prod.oss-cn-shanghai.aliyuncs.com/outputs/57b5c7e5-3436-466d-86ed-583ede4a3d7c_0.png',
      ],
    },
  ],
  ['D', VIDEOS_API, 'a video', videoTask, VIDEO],

  // Not finished.
  ['D', TASK_MEMBERS, 'no response', pending, { ...IMAGE, ...NO_RESULT, state: 'pending' }],
  [
    'I',
    STATE_RULE,
    'a null response',
    { ...imageTask, response: null },
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'a response that is text',
    { ...imageTask, response: 'done' },
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'a response that is a list',
    { ...imageTask, response: [1] },
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'an empty response',
    { ...imageTask, response: {} },
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'D',
    TASK_MEMBERS,
    'no results yet',
    withResponse({ data: [] }),
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'D',
    TASK_MEMBERS,
    'finished_at is null beside a result',
    { ...imageTask, finished_at: null },
    { ...IMAGE, state: 'pending' },
  ],
  [
    'D',
    TASK_MEMBERS,
    'finished_at is null beside a video',
    { ...videoTask, finished_at: null },
    { ...VIDEO, state: 'pending' },
  ],
  [
    'D',
    TASK_MEMBERS,
    'finished_at is null beside an error',
    withResponse({ success: false, error: { code: 'api_error' }, data: undefined }, { finished_at: null }),
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'finished_at is 0 beside a result',
    { ...imageTask, finished_at: 0 },
    { ...IMAGE, state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'finished_at is an empty text',
    { ...imageTask, finished_at: '' },
    { ...IMAGE, state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'finished_at is null in the response',
    withResponse({ finished_at: null }),
    { ...IMAGE, state: 'pending' },
  ],
  ['C', SDK, 'processing at the top', { ...imageTask, status: 'processing' }, { ...IMAGE, state: 'pending' }],
  [
    'C',
    SDK,
    'processing in the response',
    withResponse({ status: 'processing' }),
    { ...IMAGE, state: 'pending' },
  ],
  [
    'C',
    SDK,
    'queued in a result',
    withResult({ ...imageResult, status: 'queued' }),
    { ...IMAGE, state: 'pending' },
  ],
  [
    'C',
    SDK,
    'running in the second result',
    withResult(imageResult, { ...imageResult, image_url: 'https://a.example/2.png', state: 'Running' }),
    { ...IMAGE, state: 'pending', artifacts: [IMAGE_URL, 'https://a.example/2.png'] },
  ],
  [
    'C',
    SDK,
    'pending in a result that stands alone',
    withResponse({ data: { ...imageResult, state: 'pending' } }),
    { ...IMAGE, state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'a word nobody knows',
    { ...imageTask, state: 'archiving' },
    { ...IMAGE, state: 'pending' },
  ],
  [
    'C',
    'the MCP server: a bare text as error is a hiccup',
    'an error that is text',
    withResponse({ success: false, error: 'fetch failed', data: undefined }),
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'an error without a code',
    withResponse({ success: false, error: { message: 'fetch failed' }, data: undefined }),
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'an empty code',
    withResponse({ success: false, error: { code: '' }, data: undefined }),
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'links that are none',
    withResult({ ...imageResult, image_url: '' }),
    { ...IMAGE, artifacts: [], state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'a link into a file system',
    withResult({ ...imageResult, image_url: 'file:///etc/passwd' }),
    { ...IMAGE, artifacts: [], state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'an embedded image',
    withResult({ ...imageResult, image_url: 'data:image/png;base64,AA' }),
    { ...IMAGE, artifacts: [], state: 'pending' },
  ],
  [
    'I',
    STATE_RULE,
    'one image of two, eight minutes after',
    {
      ...withResponse({}),
      created_at: (READ_AT_MS - 8 * MINUTE) / 1000,
      request: { ...imageTask.request, count: 2 },
    },
    { ...IMAGE, state: 'pending', createdAtMs: READ_AT_MS - 8 * MINUTE },
  ],

  // Succeeded.
  [
    'D',
    TASK_MEMBERS,
    'finished_at as a number',
    { ...imageTask, started_at: 1_736_304_670, finished_at: 1_736_304_673.2, elapsed: 3.2 },
    IMAGE,
  ],
  [
    'C',
    'other services: ISO strings',
    'finished_at as ISO 8601',
    { ...imageTask, finished_at: '2025-01-08T02:51:13.200Z' },
    IMAGE,
  ],
  ['D', VIDEOS_API, 'a finished video', { ...videoTask, finished_at: 1_736_304_800 }, VIDEO],
  ['D', TASK_MEMBERS, 'no prompt in the result', withResult(without(imageResult, 'prompt')), IMAGE],
  ['D', TASK_MEMBERS, 'timings as a number', withResult({ ...imageResult, timings: 1_752_744_073 }), IMAGE],
  [
    'D',
    TASK_MEMBERS,
    'an edit without a seed',
    {
      ...withResult(without(imageResult, 'seed')),
      request: { action: 'edit', prompt: 'x', image_url: 'https://a.example/in.png' },
    },
    { ...IMAGE, seed: undefined },
  ],
  [
    'D',
    TASK_MEMBERS,
    'two images',
    {
      ...withResult(imageResult, { ...imageResult, image_url: 'https://a.example/2.png', seed: 5 }),
      request: { ...imageTask.request, count: 2 },
    },
    { ...IMAGE, artifacts: [IMAGE_URL, 'https://a.example/2.png'] },
  ],
  [
    'I',
    STATE_RULE,
    'one image of two, long after',
    { ...imageTask, request: { ...imageTask.request, count: 2 } },
    IMAGE,
  ],
  [
    'I',
    STATE_RULE,
    'one image of two, but ended',
    {
      ...imageTask,
      created_at: (READ_AT_MS - MINUTE) / 1000,
      finished_at: READ_AT_MS / 1000,
      request: { ...imageTask.request, count: 2 },
    },
    { ...IMAGE, createdAtMs: READ_AT_MS - MINUTE },
  ],
  ['D', TASK_MEMBERS, 'a cost', withResponse({ cost: { amount: 0.12, currency: 'credit' } }), IMAGE],
  ['D', TASK_MEMBERS, 'a cost that is null', withResponse({ cost: null }), IMAGE],
  ['C', SDK, 'succeeded at the top', { ...imageTask, state: 'succeeded' }, IMAGE],
  ['C', SDK, 'SUCCESS in the response', withResponse({ status: 'SUCCESS' }), IMAGE],
  ['C', SDK, 'completed in a result', withResult({ ...imageResult, status: 'completed' }), IMAGE],
  ['C', SDK, 'results as an object', withResponse({ data: imageResult }), IMAGE],
  ['C', SDK, 'a video as an object', { ...videoTask, response: { success: true, data: videoResult } }, VIDEO],
  ['C', SDK, 'a video and no success', { ...videoTask, response: { data: [videoResult] } }, VIDEO],
  [
    'I',
    STATE_RULE,
    'a response that is JSON in a string',
    { ...imageTask, response: JSON.stringify(imageTask.response) },
    IMAGE,
  ],
  [
    'I',
    STATE_RULE,
    'a video in a string',
    { ...videoTask, response: JSON.stringify(videoTask.response) },
    VIDEO,
  ],
  ['I', STATE_RULE, 'no success', { ...imageTask, response: { data: [imageResult] } }, IMAGE],
  [
    'I',
    STATE_RULE,
    'nothing but that it ended well',
    { ...imageTask, finished_at: 1_736_304_673, response: { success: true } },
    { ...IMAGE, ...NO_RESULT },
  ],
  [
    'I',
    STATE_RULE,
    'ended in the response',
    withResponse({ finished_at: 1_736_304_673, data: [] }),
    { ...IMAGE, ...NO_RESULT },
  ],
  [
    'I',
    STATE_RULE,
    'a finished_at that is no time says nothing',
    { ...imageTask, finished_at: { at: 1 } },
    IMAGE,
  ],
  [
    'C',
    'image hosts seen',
    'a link of the platform',
    withResult({ ...imageResult, image_url: 'https://platform2.cdn.acedata.cloud/flux/1.png' }),
    { ...IMAGE, artifacts: ['https://platform2.cdn.acedata.cloud/flux/1.png'] },
  ],
  [
    'I',
    STATE_RULE,
    'a link without TLS',
    withResult({ ...imageResult, image_url: 'HTTP://a.example/1.png' }),
    { ...IMAGE, artifacts: ['HTTP://a.example/1.png'] },
  ],
  ['I', STATE_RULE, 'an image among other things', withResult(null, 7, {}, imageResult), IMAGE],

  // Failed.
  [
    'D',
    TASK_MEMBERS,
    'an error with a code',
    withResponse({
      success: false,
      error: { code: 'bad_request', message: 'model is invalid.' },
      data: undefined,
    }),
    { ...IMAGE, ...NO_RESULT, state: 'failed' },
  ],
  [
    'D',
    VIDEOS_API,
    'a video that failed',
    { ...videoTask, response: { success: false, error: { code: 'service_unavailable', message: 'busy' } } },
    { ...VIDEO, ...NO_RESULT, state: 'failed' },
  ],
  [
    'I',
    STATE_RULE,
    'a code that is a number',
    withResponse({ success: false, error: { code: 500 }, data: undefined }),
    { ...IMAGE, ...NO_RESULT, state: 'failed' },
  ],
  ['C', SDK, 'failed at the top', { ...imageTask, status: 'failed' }, { ...IMAGE, state: 'failed' }],
  [
    'C',
    SDK,
    'cancelled in the response',
    withResponse({ state: 'Cancelled' }),
    { ...IMAGE, state: 'failed' },
  ],
  [
    'C',
    SDK,
    'failed in a result',
    withResult({ ...imageResult, status: 'failed' }),
    { ...IMAGE, state: 'failed' },
  ],
  [
    'C',
    SDK,
    'failed in a result that stands alone',
    withResponse({ data: { status: 'error' } }),
    { ...IMAGE, ...NO_RESULT, state: 'failed' },
  ],
  [
    'C',
    SDK,
    'completed, but without success',
    withResponse({ success: false, status: 'completed', data: undefined }),
    { ...IMAGE, ...NO_RESULT, state: 'failed' },
  ],
  [
    'I',
    STATE_RULE,
    'succeeded at the top, but without success',
    { ...imageTask, state: 'succeeded', response: { success: false } },
    { ...IMAGE, ...NO_RESULT, state: 'failed' },
  ],
  [
    'I',
    STATE_RULE,
    'completed in a result, but without success',
    withResponse({ success: false, data: [{ status: 'completed' }] }),
    { ...IMAGE, ...NO_RESULT, state: 'failed' },
  ],
  [
    'D',
    TASK_MEMBERS,
    'ended with an error that is text',
    { ...imageTask, finished_at: 1_736_304_673, response: { success: false, error: 'fetch failed' } },
    { ...IMAGE, ...NO_RESULT, state: 'failed' },
  ],
  [
    'I',
    STATE_RULE,
    'ended with nothing',
    { ...imageTask, finished_at: '2025-01-08T02:51:13Z', response: {} },
    { ...IMAGE, ...NO_RESULT, state: 'failed' },
  ],
  [
    'I',
    STATE_RULE,
    'an error in a string of JSON',
    { ...imageTask, response: '{"success":false,"error":{"code":"api_error","message":"fetch failed"}}' },
    { ...IMAGE, ...NO_RESULT, state: 'failed' },
  ],
  [
    'I',
    STATE_RULE,
    'a failed word beats a result and its end',
    { ...imageTask, finished_at: 1_736_304_673, status: 'rejected' },
    { ...IMAGE, state: 'failed' },
  ],

  // Kinds.
  ['C', 'the web app filters by type', 'its own type', { ...imageTask, type: 'images' }, IMAGE],
  [
    'C',
    'the web app filters by type',
    'its own type, whatever the result',
    { ...videoTask, type: 'images' },
    { ...VIDEO, kind: 'images' },
  ],
  [
    'I',
    'a service may name others',
    'another type',
    { ...imageTask, type: 'upscales' },
    { ...IMAGE, kind: 'upscales' },
  ],
  ['I', 'values of other types break nothing', 'a type that is no text', { ...videoTask, type: 7 }, VIDEO],
  [
    'D',
    VIDEOS_API,
    'a pending one with a mode',
    withRequest({ mode: 't2v' }),
    { ...IMAGE, ...NO_RESULT, state: 'pending', kind: 'videos' },
  ],
  [
    'D',
    VIDEOS_API,
    'a pending one with a duration',
    withRequest({ duration: 'auto' }),
    { ...IMAGE, ...NO_RESULT, state: 'pending', kind: 'videos' },
  ],
  [
    'D',
    VIDEOS_API,
    'a pending one of flux-3',
    withRequest({ model: 'flux-3' }),
    { ...IMAGE, ...NO_RESULT, state: 'pending', kind: 'videos' },
  ],
  [
    'I',
    VIDEOS_API,
    'a pending one of a later flux-3',
    withRequest({ model: 'Flux-3-pro' }),
    { ...IMAGE, ...NO_RESULT, state: 'pending', kind: 'videos' },
  ],
  [
    'D',
    TASK_MEMBERS,
    'a pending one of another model',
    withRequest({ model: 'flux-2-max' }),
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'I',
    VIDEOS_API,
    'a mode that is null',
    withRequest({ mode: null, duration: '' }),
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
  [
    'I',
    'the result counts, not the request',
    'an image of a request for a video',
    { ...imageTask, request: videoTask.request },
    IMAGE,
  ],
  [
    'I',
    STATE_RULE,
    'a request that is JSON in a string',
    { ...pending, request: JSON.stringify(videoTask.request) },
    { ...IMAGE, ...NO_RESULT, state: 'pending', kind: 'videos' },
  ],
  [
    'D',
    VIDEOS_API,
    'an upscale, which has no prompt',
    { ...pending, request: { action: 'upscale', model: 'flux-3', input_video: 'https://a.example/in.mp4' } },
    { ...IMAGE, ...NO_RESULT, state: 'pending', kind: 'videos' },
  ],
  [
    'D',
    VIDEOS_API,
    'a draft that was enhanced',
    { ...videoTask, request: { mode: 'draft_enhance', draft_task_id: 'x' } },
    VIDEO,
  ],

  // Times.
  [
    'D',
    TASK_MEMBERS,
    'whole seconds',
    { ...imageTask, created_at: 1_736_304_669 },
    { ...IMAGE, createdAtMs: 1_736_304_669_000 },
  ],
  ['I', 'by magnitude', 'milliseconds', { ...imageTask, created_at: 1_736_304_669_779 }, IMAGE],
  ['I', 'by magnitude', 'microseconds', { ...imageTask, created_at: 1_736_304_669_779_123 }, IMAGE],
  ['I', 'by magnitude', 'nanoseconds', withCreatedText('1736304669779123456'), IMAGE],
  ['I', 'numbers as text', 'seconds as text', { ...imageTask, created_at: '1736304669.779' }, IMAGE],
  ['I', 'numbers as text', 'milliseconds as text', { ...imageTask, created_at: '1736304669779' }, IMAGE],
  [
    'C',
    'other services: ISO strings',
    'ISO 8601',
    { ...imageTask, created_at: '2025-01-08T02:51:09.779Z' },
    IMAGE,
  ],
  [
    'C',
    'other services: ISO strings',
    'ISO 8601 without a zone',
    { ...imageTask, created_at: '2025-01-08T02:51:09.779' },
    IMAGE,
  ],
  [
    'C',
    'other services: ISO strings',
    'ISO 8601 with microseconds',
    { ...imageTask, created_at: '2025-01-08T02:51:09.779123' },
    IMAGE,
  ],
  [
    'C',
    'other services: ISO strings',
    'ISO 8601 with a space',
    { ...imageTask, created_at: '2025-01-08 02:51:09.779' },
    IMAGE,
  ],
  [
    'C',
    'other services: ISO strings',
    'ISO 8601 of Shanghai',
    { ...imageTask, created_at: '2025-01-08T10:51:09.779+08:00' },
    IMAGE,
  ],
  [
    'I',
    'other services: ISO strings',
    'a zone without a colon',
    { ...imageTask, created_at: '2025-01-08T10:51:09.779+0800' },
    IMAGE,
  ],
  [
    'I',
    'other services: ISO strings',
    'UTC in letters',
    { ...imageTask, created_at: '2025-01-08 02:51:09.779 UTC' },
    IMAGE,
  ],
  [
    'I',
    'other services: ISO strings',
    'a date alone',
    { ...imageTask, created_at: '2025-01-08' },
    { ...IMAGE, createdAtMs: Date.UTC(2025, 0, 8) },
  ],
  [
    'I',
    'RFC 5322',
    'the date of a mail',
    { ...imageTask, created_at: 'Wed, 08 Jan 2025 02:51:09 GMT' },
    { ...IMAGE, createdAtMs: 1_736_304_669_000 },
  ],
  [
    'D',
    TASK_MEMBERS,
    'started_at where created_at is missing',
    { ...without(imageTask, 'created_at'), started_at: 1_736_304_670.5 },
    { ...IMAGE, createdAtMs: 1_736_304_670_500 },
  ],
  [
    'D',
    TASK_MEMBERS,
    'finished_at and elapsed where both are missing',
    { ...without(imageTask, 'created_at'), finished_at: 1_736_304_675, elapsed: 5 },
    { ...IMAGE, createdAtMs: 1_736_304_670_000 },
  ],
  [
    'D',
    'the database id begins with its time',
    'nothing but the database id',
    without(imageTask, 'created_at'),
    { ...IMAGE, createdAtMs: OBJECT_ID_MS },
  ],
  [
    'I',
    'values of other types break nothing',
    'a created_at that is no time',
    { ...imageTask, created_at: 'yesterday' },
    { ...IMAGE, createdAtMs: OBJECT_ID_MS },
  ],
  [
    'I',
    'values of other types break nothing',
    'nothing that tells a time',
    without(imageTask, 'created_at', '_id'),
    { ...IMAGE, createdAtMs: READ_AT_MS },
  ],

  // Seeds.
  ['D', TASK_MEMBERS, 'a seed of 0', withResult({ ...imageResult, seed: 0 }), { ...IMAGE, seed: '0' }],
  [
    'I',
    'integers beyond 2^53 exist',
    'a seed of 64 bits',
    withSeedText('9007199254740993'),
    { ...IMAGE, seed: '9007199254740993' },
  ],
  [
    'I',
    'integers beyond 2^53 exist',
    'the largest of 64 bits',
    withSeedText('9223372036854775807'),
    { ...IMAGE, seed: '9223372036854775807' },
  ],
  [
    'I',
    'integers beyond 2^53 exist',
    'the largest without a sign',
    withSeedText('18446744073709551615'),
    { ...IMAGE, seed: '18446744073709551615' },
  ],
  [
    'I',
    'integers beyond 2^53 exist',
    'a large negative one',
    withSeedText('-9007199254740993'),
    { ...IMAGE, seed: '-9007199254740993' },
  ],
  ['I', 'numbers are written in many ways', 'a negative one', withSeedText('-1'), { ...IMAGE, seed: '-1' }],
  [
    'I',
    'numbers are written in many ways',
    'one as text',
    withSeedText('"18446744073709551615"'),
    { ...IMAGE, seed: '18446744073709551615' },
  ],
  ['I', 'numbers are written in many ways', 'an exponent', withSeedText('1e3'), { ...IMAGE, seed: '1000' }],
  [
    'I',
    'numbers are written in many ways',
    'a large one in a string of JSON',
    {
      ...imageTask,
      response: `{"success":true,"data":[{"image_url":"${IMAGE_URL}","seed":9007199254740993}]}`,
    },
    { ...IMAGE, seed: '9007199254740993' },
  ],
  [
    'I',
    'numbers are written in many ways',
    'a large one in a result that stands alone',
    `{"id":"a","created_at":1736304669.779,"response":{"data":{"image_url":"${IMAGE_URL}","seed":9007199254740993}}}`,
    { ...IMAGE, seed: '9007199254740993' },
  ],
  [
    'I',
    'values of other types break nothing',
    'a fraction',
    withSeedText('1.5'),
    { ...IMAGE, seed: undefined },
  ],
  [
    'I',
    'values of other types break nothing',
    'no seed, but a word',
    withSeedText('"random"'),
    { ...IMAGE, seed: undefined },
  ],
  [
    'D',
    TASK_MEMBERS,
    'the first result that has one',
    withResult(without(imageResult, 'seed'), { ...imageResult, seed: 7 }),
    { ...IMAGE, seed: '7', artifacts: [IMAGE_URL, IMAGE_URL] },
  ],
  [
    'I',
    VIDEOS_API,
    'a video with a seed',
    { ...videoTask, response: { ...videoTask.response, data: [{ ...videoResult, seed: 42 }] } },
    { ...VIDEO, seed: '42' },
  ],
  [
    'I',
    VIDEOS_API,
    'a result with an image and a video',
    withResult({ ...imageResult, video_url: VIDEO_URL }),
    { ...IMAGE, kind: 'videos', artifacts: [IMAGE_URL, VIDEO_URL] },
  ],
  [
    'I',
    VIDEOS_API,
    'images before videos, whatever the order of results',
    withResult({ ...imageResult, video_url: VIDEO_URL }, { image_url: 'https://a.example/2.png' }),
    { ...IMAGE, kind: 'videos', artifacts: [IMAGE_URL, 'https://a.example/2.png', VIDEO_URL] },
  ],
  [
    'I',
    'values of other types break nothing',
    'JSON in a string that nests too deep',
    {
      ...imageTask,
      response: `{"data":[{"image_url":"${IMAGE_URL}","seed":18446744073709551615,"a":${DEEP}}]}`,
    },
    { ...IMAGE, ...NO_RESULT, state: 'pending' },
  ],
];

export const VENDOR_DOCUMENT_ROWS: readonly VendorDocument[] = ROWS.map(
  ([sure, source, name, document, expected]) => ({
    sure,
    source,
    name,
    text: typeof document === 'string' ? document : JSON.stringify(document),
    expected,
  }),
);
