/**
 * One HTTP request with Node's own client, with a streamed response. Unlike `fetch`, it has no fixed timeout for the first
 * byte, it accepts a custom `lookup`, and a response that ends while its reader is slow does not crash the process
 * (nodejs/undici#5360).
 */
import { type Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  /** Complete, or a stream; the headers then contain its length, or it is sent chunked. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Aborts the request at any time, also while the response is read. */
  readonly signal: AbortSignal;
  readonly lookup?: LookupFunction;
  readonly agents?: { readonly http: HttpAgent; readonly https: HttpsAgent };
}

/** Resolves with the response head. Redirects are not followed. @throws the system's error */
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
        ...(isWhole(body) ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
      },
      signal,
      ...(lookup ? { lookup } : {}),
    };
    const request = isPlain
      ? httpRequest(url, { ...options, ...(agents ? { agent: agents.http } : {}) }, resolve)
      : httpsRequest(url, { ...options, ...(agents ? { agent: agents.https } : {}) }, resolve);
    request.once('error', reject);
    if (body === undefined || isWhole(body)) request.end(body);
    else pipeline(Readable.from(body), request).catch(reject);
  });
}

function isWhole(body: HttpRequest['body']): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array;
}
