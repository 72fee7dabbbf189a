import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AwsV4Signer } from 'aws4fetch';
import { describe, expect, test } from 'vitest';
import type { ObjectStoreSettings } from '../../src/config/object-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { buildObjectUrl } from '../../src/object-store/address.ts';
import { ObjectStoreError } from '../../src/object-store/errors.ts';
import { createObjectStore, type ObjectStore } from '../../src/object-store/object-store.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import {
  ACCESS_KEY_ID,
  BUCKET,
  fail,
  SECRET_ACCESS_KEY,
  startObjectStore,
  type TestObjectStore,
  type TestObjectStoreOptions,
} from '../helpers/object-store.ts';
import { S3RVER_KEY, startS3rver } from '../helpers/s3rver.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const KEY = 'images/ab/abc.png';
const bytes = Buffer.from('0123456789'.repeat(3000));

const settings = (
  endpoint: string | undefined,
  changed: Partial<ObjectStoreSettings> = {},
): ObjectStoreSettings => ({
  address: 's3://pictures/mirror',
  bucket: BUCKET,
  prefix: 'mirror/',
  endpoint,
  region: 'us-east-1',
  accessKeyId: ACCESS_KEY_ID,
  secretAccessKey: SECRET_ACCESS_KEY,
  sessionToken: undefined,
  encryption: undefined,
  ...changed,
});

function sentFile(content: Buffer) {
  const path = join(temporaryDirectory(), 'sent');
  writeFileSync(path, content);
  return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** A store of the tests, and a client of it. */
async function withStore(
  options: TestObjectStoreOptions = {},
  changed: Partial<ObjectStoreSettings> = {},
): Promise<{ server: TestObjectStore; store: ObjectStore; clock: ManualClock }> {
  const server = await startObjectStore(options);
  const clock = new ManualClock();
  const deps = { clock, random: () => 0.5, timeoutMs: 300 };
  return { server, clock, store: createObjectStore(settings(server.url, changed), deps) };
}

const readAll = async (store: ObjectStore, range?: { start: number; end: number }) => {
  const body = await store.get(KEY, range);
  return body && buffer(body.read());
};
const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
const reject = async (work: Promise<unknown>): Promise<ObjectStoreError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ObjectStoreError);
  const { message } = error as ObjectStoreError;
  expect(message).not.toMatch(/\n|not shown/);
  for (const secret of [ACCESS_KEY_ID, SECRET_ACCESS_KEY]) expect(message).not.toContain(secret);
  return error as ObjectStoreError;
};

const KINDS: [string, () => Promise<ObjectStore>][] = [
  ['a strict store', async () => (await withStore()).store],
  [
    's3rver',
    async () =>
      createObjectStore(
        settings(await startS3rver(BUCKET), { accessKeyId: S3RVER_KEY, secretAccessKey: S3RVER_KEY }),
        { clock: systemClock, random: Math.random },
      ),
  ],
];

describe.each(KINDS)('%s', (_, open) => {
  test('keeps an object, and gives all of it, or a part', async () => {
    const store = await open();
    expect(await store.head(KEY)).toBeUndefined();
    expect(await readAll(store)).toBeUndefined();
    await store.put(KEY, sentFile(bytes), 'image/png');
    expect(await store.head(KEY)).toMatchObject({ bytes: bytes.length });
    expect(await readAll(store)).toEqual(bytes);
    const body = await store.get(KEY, { start: 10, end: 19 });
    expect(body).toMatchObject({ bytes: 10, head: await store.head(KEY) });
    expect(body && String(await buffer(body.read()))).toBe('0123456789');
    expect(String(await readAll(store, { start: bytes.length - 1, end: bytes.length - 1 }))).toBe('9');
  });

  test('has no part beyond the end', async () => {
    const store = await open();
    await store.put(KEY, sentFile(bytes), 'image/png');
    expect(await readAll(store, { start: 0, end: bytes.length })).toBeUndefined();
    expect(await readAll(store, { start: bytes.length, end: bytes.length + 9 })).toBeUndefined();
  });

  test('has another version once it was replaced', async () => {
    const store = await open();
    await store.put(KEY, sentFile(bytes), 'image/png');
    const first = await store.head(KEY);
    await store.put(KEY, sentFile(Buffer.from('other')), 'image/png');
    expect(await store.head(KEY)).toMatchObject({
      bytes: 5,
      etag: expect.not.stringContaining(first?.etag ?? ''),
    });
  });

  test('removes an object, twice', async () => {
    const store = await open();
    await store.put(KEY, sentFile(bytes), 'image/png');
    await store.remove(KEY);
    await store.remove(KEY);
    expect(await store.head(KEY)).toBeUndefined();
  });

  test('lists what begins with a prefix, in order', async () => {
    const store = await open();
    const keys = ['images/ab/1.png', 'images/ab/2.png', 'images/ac/3.png'];
    for (const key of keys) await store.put(key, sentFile(Buffer.from(key)), 'image/png');
    const pages = await collect(store.list('images/ab/'));
    expect(pages.flat()).toEqual([
      { key: 'images/ab/1.png', bytes: 15 },
      { key: 'images/ab/2.png', bytes: 15 },
    ]);
    expect((await collect(store.list('images/ff/'))).flat()).toEqual([]);
    await store.check();
  });
});

describe('a request', () => {
  test('is signed as in the examples of Amazon', async () => {
    // "Authenticating Requests (AWS Signature Version 4)", examples "GET Object" and "Get Bucket (List Objects)".
    const keys = {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      ...{ region: 'us-east-1', service: 's3', datetime: '20130524T000000Z' },
    };
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const sign = async (url: string, headers: Record<string, string>, allHeaders: boolean) => {
      const signer = new AwsV4Signer({
        ...{ url, ...keys, allHeaders },
        headers: { ...headers, 'x-amz-content-sha256': empty },
      });
      return (await signer.sign()).headers.get('authorization')?.split('Signature=')[1];
    };
    const host = 'https://examplebucket.s3.amazonaws.com';
    expect(await sign(`${host}/test.txt`, { range: 'bytes=0-9' }, true)).toBe(
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
    expect(await sign(`${host}/?max-keys=2&prefix=J`, {}, false)).toBe(
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    );
  });

  test('is refused by a store that checks it, if the secret or what is sent is another', async () => {
    const { store, server } = await withStore({}, { secretAccessKey: 'of somebody else' });
    expect((await reject(store.head(KEY))).message).toContain('access denied');
    expect((await reject(store.check())).message).toContain(
      'AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID',
    );
    expect(server.requests).toHaveLength(2); // a refusal is not repeated
    const { store: other } = await withStore();
    const file = { ...sentFile(bytes), sha256: createHash('sha256').update('x').digest('hex') };
    expect((await reject(other.put(KEY, file, 'image/png'))).message).toContain('XAmzContentSHA');
  });

  test('has the session token of a temporary key, and says how to encrypt', async () => {
    const { store, server } = await withStore(
      { sessionToken: 'temporary' },
      { sessionToken: 'temporary', encryption: 'aws:kms' },
    );
    await store.put(KEY, sentFile(bytes), 'image/png');
    expect(server.uploads.get(`mirror/${KEY}`)).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'content-type': 'image/png',
      'content-length': String(bytes.length),
    });
    const { store: without } = await withStore({ sessionToken: 'temporary' });
    expect((await reject(without.check())).message).toContain('AWS_SESSION_TOKEN is not valid');
  });

  test('goes to the name of the bucket at Amazon, to a path elsewhere', () => {
    const url = (changed: Partial<ObjectStoreSettings>, endpoint?: string) =>
      buildObjectUrl(settings(endpoint, changed), 'images/ab/c.png').href;
    expect(url({ region: 'eu-central-1' })).toBe(
      'https://pictures.s3.eu-central-1.amazonaws.com/mirror/images/ab/c.png',
    );
    expect(url({ bucket: 'my.pictures', prefix: '' })).toBe(
      'https://s3.us-east-1.amazonaws.com/my.pictures/images/ab/c.png',
    );
    expect(url({ region: 'cn-north-1' })).toContain('.amazonaws.com.cn/');
    expect(url({}, 'https://store.example:9000/s3/')).toBe(
      'https://store.example:9000/s3/pictures/mirror/images/ab/c.png',
    );
    expect(buildObjectUrl(settings('http://a.example'), '', { 'list-type': '2' }).href).toBe(
      'http://a.example/pictures/?list-type=2',
    );
  });
});

test('a listing of many pages is read to its end', async () => {
  const { store } = await withStore({ pageSize: 2 });
  const keys = ['a', 'b', 'c', 'd', 'e'];
  for (const key of keys) await store.put(key, sentFile(Buffer.from(key)), 'image/png');
  const pages = await collect(store.list(''));
  expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
  expect(pages.flat().map(({ key }) => key)).toEqual(keys);
});

describe('trouble', () => {
  test.each<[string, number, string, RegExp]>([
    ['a bucket that is not there', 404, 'NoSuchBucket', /there is no such bucket/],
    ['a key that may not', 403, 'AccessDenied', /access denied/],
    ['a key that nobody knows', 403, 'InvalidAccessKeyId', /AWS_ACCESS_KEY_ID is not known/],
    ['a wrong clock', 403, 'RequestTimeTooSkewed', /clock of this machine/],
    ['a token that has expired', 400, 'ExpiredToken', /AWS_SESSION_TOKEN has expired/],
    ['something else', 400, 'InvalidStorageClass', /answered 400 InvalidStorageClass/],
  ])('%s is told in one line, and not tried again', async (_, status, code, message) => {
    const { store, server } = await withStore();
    server.answerAll((__, response) => fail(response, status, code));
    for (const work of [
      () => store.check(),
      () => readAll(store),
      () => store.put(KEY, sentFile(bytes), 'image/png'),
    ]) {
      server.requests.length = 0;
      expect(await reject(work())).toMatchObject({
        code: 'refused',
        message: expect.stringMatching(message),
      });
      expect(server.requests).toHaveLength(1);
    }
  });

  test('a wrong clock is found by its store', async () => {
    const { store } = await withStore({ now: () => Date.UTC(2030, 0) });
    expect((await reject(store.check())).message).toContain('clock of this machine');
  });

  test('a missing bucket is never taken for a missing object', async () => {
    const { store } = await withStore({ bucket: 'another' });
    expect((await reject(store.head(KEY))).message).toContain('there is no such bucket');
    expect((await reject(store.get(KEY))).message).toContain('there is no such bucket');
  });

  test('another region is named', async () => {
    const { store, server } = await withStore();
    server.answerAll((_, response) =>
      fail(response, 400, 'AuthorizationHeaderMalformed', '<Region>eu-west-3</Region>'),
    );
    expect((await reject(store.check())).message).toBe(
      's3://pictures/mirror is in the region eu-west-3, not in us-east-1: set AWS_REGION',
    );
    server.answerAll((_, response) =>
      response.writeHead(301, { 'x-amz-bucket-region': 'ap-south-1', location: 'http://127.0.0.1:1/' }).end(),
    );
    expect((await reject(store.check())).message).toContain('region ap-south-1');
  });

  test.each<[string, number, string]>([
    ['a store that is overloaded', 503, 'SlowDown'],
    ['an error of the store', 500, 'InternalError'],
    ['too many requests', 429, 'TooManyRequests'],
  ])('%s is asked again, a few times, with growing pauses', async (_, status, code) => {
    const { store, server, clock } = await withStore();
    server.answerAll((__, response) => fail(response, status, code));
    expect((await reject(store.check())).code).toBe('unreachable');
    expect(server.requests).toHaveLength(4);
    expect(clock.sleeps).toEqual([200, 400, 800]);
    // Whoever comes next is told at once, until it answers.
    await reject(store.check());
    expect(server.requests).toHaveLength(5);
    server.answerAll(undefined);
    await store.check();
    server.answerAll((__, response) => {
      server.answerAll(undefined);
      fail(response, status, code);
    });
    await store.check();
  });

  test('a store that is not there, or says nothing, is given up within its time', async () => {
    const { store, server } = await withStore();
    server.answerAll(() => undefined);
    const startMs = performance.now();
    expect((await reject(store.head(KEY))).message).toMatch(/does not answer at http:.*: it took too long$/);
    expect(performance.now() - startMs).toBeLessThan(5000);
    const closed = createObjectStore(settings('http://127.0.0.1:1'), {
      clock: new ManualClock(),
      random: () => 0,
    });
    expect((await reject(closed.check())).message).toBe(
      's3://pictures/mirror does not answer at http://127.0.0.1:1: connection refused',
    );
  });

  test('a connection that is lost on the way is replaced, and no byte is lost or sent twice', async () => {
    const { store, server } = await withStore();
    await store.put(KEY, sentFile(bytes), 'image/png');
    const etag = (await store.head(KEY))?.etag ?? '';
    let lost = 0;
    server.requests.length = 0;
    server.answerAll((request, response) => {
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (start > 0) expect(request.headers['if-match']).toBe(etag);
      const part = bytes.subarray(start);
      const range =
        start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {};
      response.writeHead(start > 0 ? 206 : 200, { etag, ...range, 'content-length': part.length });
      lost += 1;
      if (lost > 3) response.end(part);
      else response.write(part.subarray(0, 7000), () => response.destroy());
    });
    expect(await readAll(store)).toEqual(bytes);
    expect(server.requests).toHaveLength(4);
  });

  test('an object that is lost or replaced while it is read ends with an error, not with other bytes', async () => {
    const { store, server } = await withStore();
    const cut = (answer: 'always' | 'once') => {
      server.answerAll((_, response) => {
        if (answer === 'once') server.answerAll(undefined);
        response.writeHead(200, { etag: '"before"', 'content-length': bytes.length });
        response.write(bytes.subarray(0, 7000), () => response.destroy());
      });
    };
    cut('once');
    await store.put(KEY, sentFile(bytes), 'image/png').catch(() => undefined);
    server.objects.set(`mirror/${KEY}`, bytes);
    cut('once');
    expect((await reject(readAll(store))).message).toContain('replaced while it was read');
    cut('always');
    expect((await reject(readAll(store))).code).toMatch(/unreachable|invalid/);
  });

  test('an upload that is cut off is sent again, and is not taken for stored', async () => {
    const { store, server } = await withStore();
    let cut = 0;
    server.answerAll((request) => {
      cut += 1;
      if (cut === 2) server.answerAll(undefined);
      request.destroy();
    });
    await store.put(KEY, sentFile(bytes), 'image/png');
    expect(server.requests).toHaveLength(3);
    expect(server.objects.get(`mirror/${KEY}`)).toEqual(bytes);
    server.answerAll((request) => void request.destroy());
    expect((await reject(store.put(KEY, sentFile(bytes), 'image/png'))).code).toBe('unreachable');
  });

  test.each<[string, (store: ObjectStore) => Promise<unknown>]>([
    ['check', (store) => store.check()],
    ['head', (store) => store.head(KEY)],
    ['get', (store) => readAll(store)],
    ['put', (store) => store.put(KEY, sentFile(bytes), 'image/png')],
    ['list', (store) => collect(store.list(''))],
  ])('what answers everything with a page is no object store: %s', async (_, work) => {
    const { store, server } = await withStore();
    server.answerAll((__, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hi</h1>'),
    );
    expect(await reject(work(store))).toMatchObject({ code: 'invalid' });
    server.answerAll((__, response) =>
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>no</h1>'),
    );
    expect(await reject(work(store))).toMatchObject({ code: 'invalid' });
  });

  test('a file that can’t be read is not the fault of the store', async () => {
    const { store, server } = await withStore();
    const file = { ...sentFile(bytes), path: join(temporaryDirectory(), 'nothing') };
    await expect(store.put(KEY, file, 'image/png')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(server.objects.size).toBe(0);
  });

  test('a listing that never ends is left', async () => {
    const { store, server } = await withStore();
    const again = '<IsTruncated>true</IsTruncated><NextContinuationToken>a</NextContinuationToken>';
    server.answerAll((_, response) => response.end(`<ListBucketResult>${again}</ListBucketResult>`));
    expect(await reject(collect(store.list('')))).toMatchObject({ code: 'invalid' });
  });

  test('an endless answer is not read to its end', async () => {
    const { store, server } = await withStore();
    server.answerAll((_, response) => {
      response.writeHead(200, { 'content-type': 'application/xml' });
      const send = () => {
        while (!response.destroyed && response.write('<Contents>'.repeat(10_000)));
      };
      response.on('drain', send);
      send();
    });
    expect(await reject(store.check())).toMatchObject({ code: 'invalid' });
  });
});
