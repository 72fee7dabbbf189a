/**
 * One HTTP request straight on Node's client, its answer as a stream. Unlike `fetch` it waits as long as it is told to for
 * the first byte, it takes a `lookup` of ours, and an answer that ends while its reader is slow does not end the process
 * (nodejs/undici#5360).
 */
import { type Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Ends it whenever it comes, also while the answer is read. */
  readonly signal: AbortSignal;
  readonly lookup?: LookupFunction;
  readonly agents?: { readonly http: HttpAgent; readonly https: HttpsAgent };
}

/** Resolves when the head of the answer is there. Redirects are answers. @throws the system's error */
export function sendRequest(
  url: URL,
  { method, headers, body, signal, lookup, agents }: HttpRequest,
): Promise<IncomingMessage> {
  const isPlain = url.protocol === 'http:';
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
      signal,
      ...(lookup ? { lookup } : {}),
    };
    const request = isPlain
      ? httpRequest(url, { ...options, ...(agents ? { agent: agents.http } : {}) }, resolve)
      : httpsRequest(url, { ...options, ...(agents ? { agent: agents.https } : {}) }, resolve);
    request.once('error', reject);
    request.end(body);
  });
}
