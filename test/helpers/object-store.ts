/**
 * An object store on loopback that is stricter than most: it checks signatures by its own implementation of Signature Version 4, the
 * hash of what it is sent, and conditions. It answers wrongly when told to.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { SETTINGS, type SettingName } from '../../src/config/setting-table.ts';

export const ACCESS_KEY_ID = 'AKIDTESTKEYOFNOBODY';
export const SECRET_ACCESS_KEY = 'the+secret/of+the+test';
export const BUCKET = 'pictures';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestObjectStore {
  readonly url: string;
  /** By key. */
  readonly objects: Map<string, Buffer>;
  /** `METHOD key`, in order, also of requests that fail. */
  readonly requests: string[];
  /** Headers of each upload, by key. */
  readonly uploads: Map<string, IncomingMessage['headers']>;
  /** Answers in the place of the store; undefined ends it. */
  answerAll(answer: Answer | undefined): void;
  /** The settings of a mirror, by their names, and by those of their variables. */
  readonly settings: Partial<Record<SettingName, string>>;
  readonly env: Record<string, string>;
}

export interface TestObjectStoreOptions {
  readonly bucket?: string;
  readonly region?: string;
  /** Keys on a page of a listing. */
  readonly pageSize?: number;
  readonly sessionToken?: string;
  /** The clock of the store, epoch milliseconds; left out: it accepts any time. */
  readonly now?: () => number;
}

export async function startObjectStore(options: TestObjectStoreOptions = {}): Promise<TestObjectStore> {
  const { bucket = BUCKET, region = 'us-east-1', pageSize = 1000 } = options;
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  const uploads = new Map<string, IncomingMessage['headers']>();
  let forAll: Answer | undefined;

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://store');
    const [, name = '', ...rest] = url.pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    requests.push(`${request.method} ${key}${url.search}`);
    if (forAll) return forAll(request, response);
    const body = await buffer(request);
    const refusal = checkSignature(request, url, body, { region, ...options });
    if (refusal) return fail(response, 403, refusal);
    if (name !== bucket) return fail(response, 404, 'NoSuchBucket');
    if (key === '') return list(url.searchParams, response);
    const stored = objects.get(key);
    if (request.method === 'PUT') {
      objects.set(key, body);
      uploads.set(key, request.headers);
      response.writeHead(200, { etag: formatEtag(body) }).end();
    } else if (request.method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
    } else if (!stored) fail(response, 404, 'NoSuchKey');
    else sendObject(request, response, stored);
  };

  const list = (query: URLSearchParams, response: ServerResponse) => {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, Math.min(pageSize, Number(query.get('max-keys') ?? pageSize)));
    const contents = page.map(
      (key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length}</Size></Contents>`,
    );
    const isTruncated = page.length < keys.length;
    const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    response
      .writeHead(200, { 'content-type': 'application/xml' })
      .end(
        `<?xml version="1.0"?><ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
      );
  };

  const server = createServer((request, response) => {
    // A test that breaks connections makes reading the body fail.
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = {
    imageStore: `s3://${bucket}/mirror`,
    awsAccessKeyId: ACCESS_KEY_ID,
    awsSecretAccessKey: SECRET_ACCESS_KEY,
    awsEndpointUrl: url,
  } as const;
  return {
    ...{ url, objects, requests, uploads, settings },
    answerAll: (answer) => {
      forAll = answer;
    },
    env: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [SETTINGS[name as SettingName].env, value]),
    ),
  };
}

/** An error as S3 writes it, with what must not be shown. */
export function fail(response: ServerResponse, status: number, code: string, more = ''): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>not shown</Message>${more}<AWSAccessKeyId>${ACCESS_KEY_ID}</AWSAccessKeyId></Error>`,
    );
}

function sendObject(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const etag = formatEtag(bytes);
  const headers = { etag, 'accept-ranges': 'bytes' };
  const condition = request.headers['if-match'];
  if (condition !== undefined && condition !== etag) {
    fail(response, 412, 'PreconditionFailed');
    return;
  }
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = to ? Math.min(Number(to), bytes.length - 1) : bytes.length - 1;
  if (start > end) {
    fail(response, 416, 'InvalidRange');
    return;
  }
  const part = bytes.subarray(start, end + 1);
  const range = from === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${bytes.length}` };
  response.writeHead(from === undefined ? 200 : 206, {
    ...{ ...headers, ...range },
    'content-length': part.length,
  });
  response.end(request.method === 'HEAD' ? undefined : part);
}

function formatEtag(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

/** @returns the code of the error, undefined if the request is signed as Amazon documents it */
function checkSignature(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  { region, sessionToken, now }: TestObjectStoreOptions,
): string | undefined {
  const { headers } = request;
  const [, keyId, scope = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (keyId === undefined) return 'AccessDenied';
  if (keyId !== ACCESS_KEY_ID) return 'InvalidAccessKeyId';
  const time = String(headers['x-amz-date']);
  const [date, scopeRegion] = scope.split('/');
  if (date !== time.slice(0, 8)) return 'AccessDenied';
  if (scopeRegion !== region) return 'AuthorizationHeaderMalformed';
  if (headers['x-amz-security-token'] !== sessionToken) return 'InvalidToken';
  if (now && Math.abs(parseAmzDate(time) - now()) > 15 * 60_000) return 'RequestTimeTooSkewed';
  const hash = createHash('sha256').update(body).digest('hex');
  if (headers['x-amz-content-sha256'] !== hash) return 'XAmzContentSHA256Mismatch';
  const signed = names.split(';');
  if (!signed.includes('host') || !signed.includes('x-amz-content-sha256')) return 'AccessDenied';
  const canonical = [
    request.method,
    url.pathname,
    [...url.searchParams]
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .sort()
      .join('&'),
    ...signed.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    hash,
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  );
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${SECRET_ACCESS_KEY}`,
    );
  return createHmac('sha256', key).update(toSign).digest('hex') === signature
    ? undefined
    : 'SignatureDoesNotMatch';
}

/** `20260314T120000Z` */
function parseAmzDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
