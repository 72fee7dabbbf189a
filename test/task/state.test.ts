import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VENDOR_DOCUMENTS } from '../../src/simulator/samples.ts';
import { isObject, type JsonObject } from '../../src/task/json-object.ts';
import { decideTaskState, type TaskState } from '../../src/task/state.ts';

const CREATED = 1_770_000_000_000;
const MINUTE = 60_000;
const image = (url: unknown = 'https://img.example/1.png') => ({ image_url: url });
const done = { success: true, data: [image()] };
const refused = { success: false, error: { code: 'bad_request', message: 'model is invalid.' } };

/** Rule of docs/states.md, what it is, the document, its state. */
const CASES: readonly (readonly [number, string, JsonObject, TaskState])[] = [
  [1, 'no response', {}, 'pending'],
  [1, 'a null response', { response: null }, 'pending'],
  [1, 'a response that is text', { response: 'done' }, 'pending'],
  [1, 'a response that is an array', { response: [done] }, 'pending'],
  [1, 'no response, whatever the status says', { status: 'succeeded', finished_at: 1 }, 'pending'],
  [1, 'no response and a failed word', { status: 'failed' }, 'pending'],
  [2, 'failed at the top', { status: 'failed', response: done }, 'failed'],
  [2, 'failed in the response', { response: { ...done, state: 'FAILURE' } }, 'failed'],
  [2, 'error', { state: ' Error ', response: {} }, 'failed'],
  [2, 'cancelled', { state: 'cancelled', response: {} }, 'failed'],
  [2, 'canceled', { state: 'canceled', response: {} }, 'failed'],
  [2, 'rejected', { state: 'Rejected', response: {} }, 'failed'],
  [2, 'failed beats another word', { state: 'processing', response: { status: 'failed' } }, 'failed'],
  [3, 'processing with images', { state: 'processing', response: done }, 'pending'],
  [3, 'a word nobody has seen', { response: { ...done, status: 'warming_up' } }, 'pending'],
  [3, 'an empty word', { state: '', response: done }, 'pending'],
  [
    3,
    'a known word beside an unknown one',
    { state: 'succeeded', status: 'queued', response: done },
    'pending',
  ],
  [4, 'an image', { response: { data: [image()] } }, 'succeeded'],
  [4, 'an image and a word', { state: 'Succeed', response: done }, 'succeeded'],
  [4, 'an http image', { response: { data: [image('http://a/1.png')] } }, 'succeeded'],
  [4, 'words that are no text are no words', { state: 3, status: null, response: done }, 'succeeded'],
  [
    4,
    'an image among other things',
    { response: { success: true, data: [null, 7, {}, image()] } },
    'succeeded',
  ],
  [4, 'fewer images than asked for', { request: { count: 2 }, response: done }, 'pending'],
  [4, 'fewer images, but finished', { request: { count: 2 }, finished_at: 1.5, response: done }, 'succeeded'],
  [
    4,
    'fewer images, finished in the response',
    { request: { count: 2 }, response: { ...done, finished_at: 1 } },
    'succeeded',
  ],
  [
    4,
    'as many images as asked for',
    { request: { count: 2 }, response: { data: [image(), image()] } },
    'succeeded',
  ],
  [5, 'an error with a code', { response: refused }, 'failed'],
  [5, 'an error with a number as its code', { response: { success: false, error: { code: 400 } } }, 'failed'],
  [
    5,
    'an error with a code, although there is an image',
    { response: { ...refused, data: [image()] } },
    'failed',
  ],
  [6, 'finished with success', { finished_at: '2026-01-01', response: { success: true } }, 'succeeded'],
  [
    6,
    'finished without success',
    { finished_at: 1, response: { success: false, error: 'hiccup' } },
    'failed',
  ],
  [6, 'finished without a word about it', { finished_at: 1, response: {} }, 'failed'],
  [7, 'a null finished_at', { finished_at: null, response: { success: true } }, 'pending'],
  [7, 'a bare error', { response: { success: false, error: 'fetch failed' } }, 'pending'],
  [7, 'an error with an empty code', { response: { success: false, error: { code: '' } } }, 'pending'],
  [7, 'success without data', { response: { success: true, data: [] } }, 'pending'],
  [
    7,
    'success with a link that is none',
    { response: { success: true, data: [image('/1.png')] } },
    'pending',
  ],
  [7, 'success with a link of another type', { response: { success: true, data: [image(7)] } }, 'pending'],
  [7, 'data that is neither a list nor a result', { response: { success: true, data: 'soon' } }, 'pending'],
  [7, 'an empty response', { response: {} }, 'pending'],
  [7, 'success as text', { response: { success: 'true' } }, 'pending'],
];

describe('the state of a task', () => {
  test.each(CASES)('rule %i: %s', (_rule, _name, document, state) => {
    expect(decideTaskState(document, CREATED, CREATED + MINUTE)).toBe(state);
  });

  test('is pending for ten minutes with fewer images than requested', () => {
    const document = { request: { count: 2 }, response: done };
    expect(decideTaskState(document, CREATED, CREATED + 10 * MINUTE - 1)).toBe('pending');
    expect(decideTaskState(document, CREATED, CREATED + 10 * MINUTE)).toBe('succeeded');
  });

  test('is right for the vendor’s own examples', () => {
    for (const text of VENDOR_DOCUMENTS) expect(decideTaskState(JSON.parse(text), 0, 0)).toBe('succeeded');
  });

  test('is one of three for any input, and pending without a response', () => {
    fc.assert(
      fc.property(
        fc.object({ key: fc.constantFrom('response', 'state', 'status', 'data', 'error', 'success', 'x') }),
        (value) => {
          const document = JSON.parse(JSON.stringify(value)) as JsonObject;
          const state = decideTaskState(document, CREATED, CREATED);
          expect(['pending', 'succeeded', 'failed']).toContain(state);
          if (!isObject(document.response)) expect(state).toBe('pending');
        },
      ),
    );
  });
});
