/** The total deadline of a request, also with a `fetch` that ignores its signal. */
import { describe, expect, test } from 'vitest';
import { UpstreamError } from '../../src/upstream/errors.ts';
import { sendRequest } from '../../src/upstream/request.ts';

const request = (more: object = {}) => ({
  url: 'http://127.0.0.1:9/flux/tasks',
  headers: {},
  body: '{}',
  timeoutMs: 50,
  maxBytes: 1000,
  ...more,
});

/** A body whose first bytes come, and then nothing: as Node's own does at times that is aborted while it decodes. */
const deafBody = () =>
  new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array(10)) });

describe('a response that never ends, from a fetch that ignores its abort signal', () => {
  test('ends at the deadline', async () => {
    await expect(sendRequest(request(), async () => new Response(deafBody()))).rejects.toMatchObject({
      name: 'UpstreamError',
      kind: 'timeout',
    });
  });

  test('ends at the deadline also before its headers', async () => {
    const never = () => new Promise<Response>(() => undefined);
    await expect(sendRequest(request(), never)).rejects.toMatchObject({ kind: 'timeout' });
  });

  test('ends when the mirror stops', async () => {
    const ending = new AbortController();
    const inFlight = sendRequest(
      request({ timeoutMs: 60_000, signal: ending.signal }),
      async () => new Response(deafBody()),
    );
    ending.abort();
    await expect(inFlight).rejects.toMatchObject({ kind: 'interrupted' });
  });
});

test('a response that is too large is aborted, whether or not its body can be cancelled', async () => {
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(400)),
    cancel: () => new Promise<void>(() => undefined),
  });
  const asked = sendRequest(request({ timeoutMs: 60_000 }), async () => new Response(body));
  await expect(asked).rejects.toBeInstanceOf(UpstreamError);
  await expect(asked).rejects.toMatchObject({ kind: 'too-large' });
});
