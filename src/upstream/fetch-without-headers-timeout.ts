/** `fetch` for requests that may take minutes: Node's own gives up when no first byte comes for five. */
import { Readable } from 'node:stream';
import { sendRequest } from '../outbound/http-request.ts';

/** As `fetch`, as far as `openExchange` needs it: a POST with a body, its redirects not followed. */
export const fetchWithoutHeadersTimeout: typeof globalThis.fetch = async (input, init) => {
  const message = await sendRequest(new URL(String(input)), {
    method: 'POST',
    headers: Object.fromEntries(new Headers(init?.headers)),
    body: init?.body as string | Uint8Array,
    signal: init?.signal ?? new AbortController().signal,
  });
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const status = message.statusCode ?? 0;
  // A Response with one of these may have no body, and there is none to have.
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasBody ? (Readable.toWeb(message) as ReadableStream<Uint8Array>) : null, {
    status,
    headers,
  });
};
