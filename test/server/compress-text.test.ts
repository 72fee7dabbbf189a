import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

interface Answer {
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** Unlike `fetch`, it decodes nothing. */
function ask(here: TestMirror, path: string, acceptEncoding?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      accept: 'text/html,application/json',
      ...(acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding }),
    };
    request(`${here.mirror.url}${path}`, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

async function startWithTasks(): Promise<TestMirror> {
  const here = await startTestMirror();
  here.simulator.seed(
    numberedIds(30).map((id) => documentText({ id, prompt: 'a lighthouse in a storm. '.repeat(50) })),
  );
  await here.store.track(numberedIds(30), here.clock.now());
  await here.mirror.runner.run({ trigger: 'command' });
  return here;
}

describe('compressed pages and JSON', () => {
  test('brotli comes before gzip, and both give the same text as no compression', async () => {
    const here = await startWithTasks();
    const path = '/api/search?sort=oldest';
    const plain = await ask(here, path);
    const brotli = await ask(here, path, 'gzip, deflate, br');
    const gzipped = await ask(here, path, 'gzip, br;q=0');
    expect([plain, brotli, gzipped].map(({ headers }) => headers['content-encoding'])).toEqual([
      undefined,
      'br',
      'gzip',
    ]);
    const parse = (body: Buffer): unknown => ({ ...JSON.parse(String(body)), took_ms: 0 });
    expect(parse(brotliDecompressSync(brotli.body))).toEqual(parse(plain.body));
    expect(parse(gunzipSync(gzipped.body))).toEqual(parse(plain.body));
    expect(brotli.body.length).toBeLessThan(plain.body.length / 4);
  });

  test('the wall is compressed, and caches know on what the form depends', async () => {
    const here = await startWithTasks();
    const { headers, body } = await ask(here, '/', 'br');
    expect(headers['content-encoding']).toBe('br');
    expect(headers.vary).toContain('accept-encoding');
    expect(String(brotliDecompressSync(body))).toContain('a lighthouse in a storm');
    expect((await ask(here, '/api/search')).headers.vary).toContain('accept-encoding');
  });

  test('a document keeps its bytes, and with them its strong ETag', async () => {
    const here = await startWithTasks();
    const [id = ''] = numberedIds(1);
    const { headers, body } = await ask(here, `/api/tasks/${id}`, 'br, gzip');
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers.etag).toMatch(/^"/);
    expect(JSON.parse(String(body))).toMatchObject({ id });
  });

  test('a small answer is sent as it is', async () => {
    const here = await startTestMirror();
    const { headers } = await ask(here, '/api/wall/months', 'br, gzip');
    expect(headers['content-encoding']).toBeUndefined();
  });
});
