/** Sends one signed request to an object store, and again if the store does not answer: a few times, within two seconds. */
import { createReadStream } from 'node:fs';
import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { ObjectStoreSettings } from '../config/object-store.ts';
import { computeBackoffDelay } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { USER_AGENT } from '../lib/version.ts';
import { sendRequest } from '../outbound/http-request.ts';
import { buildObjectUrl } from './address.ts';
import { ObjectStoreError } from './errors.ts';
import { explainFailure, explainResponse } from './explain.ts';

/** A local file that is sent. */
export interface SentFile {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface StoreRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Empty for the bucket. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly file?: SentFile;
}

export interface SendDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** How long the store may take to answer, milliseconds. */
  readonly timeoutMs?: number;
}

export interface Sender {
  /**
   * Resolves with the head of a success, or of a condition that failed (412); its body is to be read or destroyed.
   * @returns undefined if there is no such object @throws ObjectStoreError
   */
  send(request: StoreRequest): Promise<IncomingMessage | undefined>;
  close(): void;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** What an upload is given besides. */
const MIN_UPLOAD_BYTES_PER_MS = 64;
const RETRIES = 3;
const BACKOFF = { firstMs: 200, maxMs: 1000 };
const MAX_CONNECTIONS = 32;
const HASH_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const PRECONDITION_FAILED = 412;
const RANGE_NOT_SATISFIABLE = 416;

export function createSender(
  settings: ObjectStoreSettings,
  { clock, random, timeoutMs = DEFAULT_TIMEOUT_MS }: SendDeps,
): Sender {
  const limits = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
  const agents = { http: new HttpAgent(limits), https: new HttpsAgent(limits) };
  const keys = new Map<string, ArrayBuffer>();
  /** Whether the last request got no answer. Callers who come then are told soon. */
  let isDown = false;

  const sign = async ({ method, key, query, headers, file }: StoreRequest) => {
    // Loaded late: few mirrors have an object store.
    const { AwsV4Signer } = await import('aws4fetch');
    const { accessKeyId, secretAccessKey, sessionToken, region } = settings;
    const signer = new AwsV4Signer({
      method,
      url: buildObjectUrl(settings, key, query).href,
      headers: { ...headers, 'x-amz-content-sha256': file?.sha256 ?? HASH_OF_NOTHING },
      ...{ accessKeyId, secretAccessKey, region, service: 's3', cache: keys },
      ...(sessionToken === undefined ? {} : { sessionToken }),
      datetime: new Date(clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    });
    const signed = await signer.sign();
    return { url: signed.url, headers: Object.fromEntries(signed.headers) };
  };

  const tryOnce = async (request: StoreRequest): Promise<IncomingMessage | undefined> => {
    const { method, file } = request;
    const { url, headers } = await sign(request);
    const deadline = new AbortController();
    const ms = timeoutMs + (file?.bytes ?? 0) / MIN_UPLOAD_BYTES_PER_MS;
    const timer = setTimeout(() => deadline.abort(), ms);
    const body = file && createReadStream(file.path);
    let unreadable: Error | undefined;
    body?.once('error', (error) => {
      unreadable = error;
    });
    try {
      const response = await sendRequest(url, {
        ...{ method, agents },
        headers: {
          ...headers,
          'user-agent': USER_AGENT,
          ...(file ? { 'content-length': String(file.bytes) } : {}),
        },
        ...(body ? { body } : {}),
        signal: deadline.signal,
      });
      const { statusCode: status = 0 } = response;
      if ((status >= 200 && status < 300) || status === PRECONDITION_FAILED) return response;
      if (method === 'HEAD' && status === 404) {
        response.resume();
        return await tellWhatIsMissing(request);
      }
      if (status === RANGE_NOT_SATISFIABLE) {
        response.resume();
        return undefined;
      }
      const reason = await explainResponse(settings, response);
      if (reason === 'no-object') return undefined;
      throw reason;
    } catch (error) {
      if (unreadable) throw unreadable; // it is not the store's fault
      throw explainFailure(settings, error);
    } finally {
      clearTimeout(timer);
    }
  };

  /** The answer to HEAD has no body to say whether the object or the bucket is missing. */
  const tellWhatIsMissing = async (request: StoreRequest): Promise<undefined> => {
    const response = await tryOnce({
      ...request,
      method: 'GET',
      headers: { ...request.headers, range: 'bytes=0-0' },
    });
    response?.destroy();
  };

  const send = async (request: StoreRequest): Promise<IncomingMessage | undefined> => {
    for (let retries = 0; ; retries += 1) {
      try {
        const response = await tryOnce(request);
        isDown = false;
        return response;
      } catch (error) {
        if (!(error instanceof ObjectStoreError) || error.code !== 'unreachable') throw error;
        if (isDown || retries === RETRIES) {
          isDown = true;
          throw error;
        }
        await clock.sleep(computeBackoffDelay(BACKOFF, retries, random));
      }
    }
  };

  return {
    send,
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
