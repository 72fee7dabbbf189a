/** `fetch` for requests that may take minutes: Node's own fails when no headers arrive within five minutes. */
import { Readable } from 'node:stream';
import { sendRequest } from '../outbound/http-request.ts';

/** The subset of `fetch` that `openRequest` needs: a POST with a body, redirects not followed. */
export const fetchWithoutHeadersTimeout: typeof globalThis.fetch = async (input, init) => {
  const message = await sendRequest(new URL(String(input)), {
    method: 'POST',
    headers: Object.fromEntries(new Headers(init?.headers)),
    body: init?.body as string | Uint8Array | AsyncIterable<Uint8Array>,
    signal: init?.signal ?? new AbortController().signal,
  });
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const status = message.statusCode ?? 0;
  // The Response constructor rejects a body with these statuses.
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasBody ? (Readable.toWeb(message) as ReadableStream<Uint8Array>) : null, {
    status,
    headers,
  });
};
