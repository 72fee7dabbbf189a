/** `POST /api/download`: a selection, or everything that a search matches, as one file. */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createImageFiles } from '../../src/archive/files.ts';
import { computeZipBytes, generateZip } from '../../src/server/download/zip.ts';
import { MAX_ZIP_TASKS, planZip } from '../../src/server/download/zip-plan.ts';
import type { StoredTask } from '../../src/store/contract/tasks.ts';
import type { TaskId } from '../../src/task/id.ts';
import { addToken } from '../helpers/access-token.ts';
import { runCli } from '../helpers/cli.ts';
import { type DocumentOptions, document, documentText, numberedIds } from '../helpers/documents.ts';
import { readZip } from '../helpers/read-zip.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const [CAT, DOG, SECRET] = numberedIds(3);
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const CREATED_AT = Date.UTC(2026, 2, 14, 20) / 1000;

function download(
  here: TestMirror,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return here.request('/api/download', { method: 'POST', headers, body: JSON.stringify(body) });
}

async function put({ store, clock }: TestMirror, ...options: DocumentOptions[]): Promise<void> {
  await store.storeDocuments({
    documents: options.map((one) => document({ createdAt: CREATED_AT, ...one })),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

/** Puts an image into the archive. @returns where its file is */
async function archive(here: TestMirror, taskId: TaskId, n: number, bytes: Buffer): Promise<string> {
  const image = {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    mediaType: 'image/png',
    bytes: bytes.length,
    width: 1,
    height: 1,
    thumbhash: undefined,
  };
  const { dataDir } = here.config;
  mkdirSync(join(dataDir, 'images', image.sha256.slice(0, 2)), { recursive: true });
  const path = createImageFiles(dataDir).locate(image);
  writeFileSync(path, bytes);
  await here.store.archiveImage({ taskId, n }, image, here.clock.now());
  return path;
}

const twoImages = (prompt: string) => ({
  response: {
    success: true,
    data: ['a', 'b'].map((name) => ({ prompt, image_url: `https://img.example/${name}.png` })),
  },
});

/** Three tasks: two of one user, with three images, and one of another user. */
async function fullMirror(): Promise<TestMirror & { readonly paths: string[] }> {
  const here = await startTestMirror();
  await put(
    here,
    { id: CAT, prompt: 'a Siamese cat', userId: 'me', more: twoImages('a Siamese cat') },
    { id: DOG, prompt: '一只狗 cat', userId: 'me', createdAt: CREATED_AT + 5 },
    { id: SECRET, prompt: 'a secret cat', userId: 'somebody', createdAt: CREATED_AT + 9 },
  );
  const images: [TaskId, number, string][] = [
    [CAT, 0, 'first'],
    [CAT, 1, 'second'],
    [DOG, 0, 'third'],
    [SECRET, 0, 'fourth'],
  ];
  const paths: string[] = [];
  for (const [id, n, text] of images) paths.push(await archive(here, id, n, Buffer.from(text.repeat(1000))));
  return { ...here, paths };
}

async function readFiles(answer: Response): Promise<Record<string, string>> {
  expect(answer.status).toBe(200);
  const zip = Buffer.from(await answer.arrayBuffer());
  expect(answer.headers.get('content-length')).toBe(String(zip.length));
  return Object.fromEntries([...readZip(zip)].map(([name, content]) => [name, content.toString()]));
}

async function errorOf(answer: Promise<Response>): Promise<[number, string]> {
  const { status, ...response } = await answer.then(async (one) => ({
    status: one.status,
    body: (await one.json()) as { error: { code: string } },
  }));
  return [status, response.body.error.code];
}

/** How many files of the archive this process has open. */
function countOpen(paths: readonly string[]): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => paths.includes(link)).length;
}

/** Resolves when a response is over, complete or not. */
function untilClosed(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (response.closed) resolve();
    else response.once('close', () => resolve());
  });
}

/** Asks for a zip and reads nothing but the head of the response. */
async function openDownload(
  here: TestMirror,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const sent = httpRequest(`${here.mirror.url}/api/download`, { method: 'POST', headers });
  sent.on('error', () => undefined); // being cut off is what is expected
  sent.end(JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return response;
}

/** A body in the title of a test. */
const shorten = (body: unknown) => JSON.stringify(body).slice(0, 60);

describe('a zip', () => {
  test('has the images and the documents, byte for byte, under speaking names', async () => {
    const here = await fullMirror();
    const answer = await download(here, { ids: [DOG, CAT, DOG] });
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="flux-mirror 2026-03-14.zip"; filename*=UTF-8''flux-mirror%202026-03-14.zip`,
    );
    const documents = await here.store.getMany([CAT, DOG]);
    expect(await readFiles(answer)).toEqual({
      '2026-03-14 一只狗-cat 00000000.png': 'third'.repeat(1000),
      '2026-03-14 一只狗-cat 00000000.json': documents[1]?.text,
      '2026-03-14 a-siamese-cat 00000000-1.png': 'first'.repeat(1000),
      '2026-03-14 a-siamese-cat 00000000-2.png': 'second'.repeat(1000),
      '2026-03-14 a-siamese-cat 00000000.json': documents[0]?.text,
    });
  });

  test('may be asked for by a form, with repeated or listed ids and a time zone', async () => {
    const here = await fullMirror();
    const send = (fields: string) =>
      here.request('/api/download', { method: 'POST', headers: FORM, body: fields });
    const expected = Object.keys(await readFiles(await download(here, { ids: [CAT, DOG] })));
    expect(Object.keys(await readFiles(await send(`ids=${CAT}&ids=${DOG}&as=zip`)))).toEqual(expected);
    expect(Object.keys(await readFiles(await send(`ids=${CAT}%2C+${DOG},`)))).toEqual(expected);
    const tokyo = Object.keys(await readFiles(await send(`ids=${CAT}&tz=Asia%2FTokyo`)));
    expect(tokyo.every((name) => name.startsWith('2026-03-15 '))).toBe(true);
  });

  test('of a search has what it matches exactly, if it still matches as many', async () => {
    const here = await fullMirror();
    const answer = await download(here, { q: '狗 OR siamese', sort: 'relevance', group: 'prompt', count: 2 });
    expect(answer.headers.get('content-disposition')).toContain(
      "filename*=UTF-8''flux-mirror%20%E7%8B%97-or-siamese%202026-03-14.zip",
    );
    expect(Object.keys(await readFiles(answer))).toHaveLength(5);
    expect(await errorOf(download(here, { q: 'cat', count: 2 }))).toEqual([409, 'conflict']);
    expect(await errorOf(download(here, { q: 'cat', count: 4 }))).toEqual([409, 'conflict']);
    expect(await readFiles(await download(here, { q: 'zebra', count: 0 }))).toEqual({});
    await put(here, { id: randomUUID(), prompt: 'one more cat' });
    expect(await errorOf(download(here, { q: 'cat', count: 3 }))).toEqual([409, 'conflict']);
  });

  test('has the marks of its tasks, if there are some', async () => {
    const here = await fullMirror();
    const change = { starred: true, addTags: ['poster'], note: '备注' };
    await here.store.mark(
      [CAT, SECRET].map((id) => ({ id, change })),
      { nowMs: CREATED_AT * 1000 },
    );
    const line =
      `{"id":"${CAT}","marks":{"starred":true,"rating":0,"tags":["poster"],"note":"备注","hidden":false},` +
      '"changed_at":"2026-03-14T20:00:00.000Z"}\n';
    expect(await readFiles(await download(here, { ids: [DOG, CAT] }))).toMatchObject({ 'marks.jsonl': line });
    const alone = await download(here, { as: 'marks', ids: [DOG, CAT] });
    expect(alone.headers.get('content-type')).toBe('application/x-ndjson');
    expect(alone.headers.get('content-disposition')).toContain('flux-mirror 2026-03-14.marks.jsonl"');
    expect(await alone.text()).toBe(line);
    const unmarked = await download(here, { as: 'marks', ids: [DOG] });
    expect([unmarked.status, await unmarked.text()]).toEqual([200, '']);
    expect(Object.keys(await readFiles(await download(here, { ids: [DOG] })))).not.toContain('marks.jsonl');
  });

  test('of a search leaves out what is excepted', async () => {
    const here = await startTestMirror();
    await put(here, { id: CAT, prompt: 'a cat' }, { id: DOG, prompt: 'a cat and a dog' });
    const answer = await download(here, { as: 'jsonl', q: 'cat', count: 2, except: CAT });
    expect([answer.status, (await answer.text()).includes(CAT)]).toEqual([200, false]);
    expect((await download(here, { as: 'zip', q: 'cat', count: 1, except: CAT })).status).toBe(409);
  });

  test('lists what it could not include, as far as that is known before it starts', async () => {
    const here = await fullMirror();
    const pending = randomUUID();
    await put(here, { id: pending, state: 'pending', prompt: 'unfinished' });
    const [first, second] = here.paths;
    rmSync(first ?? '');
    writeFileSync(second ?? '', 'cut off');
    const unarchived = randomUUID();
    await put(here, { id: unarchived, prompt: 'new' });
    const unknown = randomUUID();
    const files = await readFiles(await download(here, { ids: [CAT, DOG, pending, unarchived, unknown] }));
    expect(files['not-included.txt']?.split('\r\n')).toEqual([
      `${CAT}, image 1: its file is missing or damaged`,
      `${CAT}, image 2: its file is missing or damaged`,
      `${unarchived}, image 1: not in the archive`,
      `${unknown}: not in the mirror`,
      '',
    ]);
    expect(Object.keys(files).filter((name) => name.endsWith('.png'))).toHaveLength(1);
    expect(Object.keys(files).filter((name) => name.endsWith('.json'))).toHaveLength(4);
    expect(await here.store.countMissingImages()).toBe(2);
  });

  test('breaks off when an image turns out to be damaged, and does so only once', async () => {
    const here = await fullMirror();
    writeFileSync(here.paths[1] ?? '', 'wrong!'.repeat(1000));
    const answer = await download(here, { ids: [CAT, DOG] });
    await expect(answer.arrayBuffer()).rejects.toThrow();
    expect(here.log()).toMatch(/"level":40[^\n]*is damaged[^\n]*a download was broken off/);
    const files = await readFiles(await download(here, { ids: [CAT, DOG] }));
    expect(files['not-included.txt']).toBe(`${CAT}, image 2: not in the archive\r\n`);
  });

  test('breaks off when a task is removed while it is sent', async () => {
    const here = await fullMirror();
    await archive(here, CAT, 0, Buffer.alloc(32 * 1024 * 1024));
    const response = await openDownload(here, { ids: [CAT, DOG] });
    await here.store.remove(DOG);
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
    });
    await untilClosed(response);
    expect(response.complete).toBe(false);
    expect(size).toBeLessThan(Number(response.headers['content-length']));
  });

  test.runIf(process.platform === 'linux')(
    'is read as fast as the client reads, and closes its files when that leaves',
    async () => {
      const here = await fullMirror();
      const large = Buffer.alloc(32 * 1024 * 1024);
      const paths = [
        await archive(here, CAT, 0, Buffer.concat([large, Buffer.from('a')])),
        await archive(here, CAT, 1, Buffer.concat([large, Buffer.from('b')])),
      ];
      const response = await openDownload(here, { ids: [CAT, DOG] });
      while (countOpen(paths) === 0) await setImmediate();
      expect(countOpen(paths)).toBe(1);
      // The second is not needed yet: had it been opened, it would not be missed.
      rmSync(paths[1] ?? '');
      response.destroy();
      while (countOpen(paths) > 0) await setImmediate();
      const another = await openDownload(here, { ids: [CAT] });
      another.resume();
      await untilClosed(another);
      expect(another.complete).toBe(true);
    },
  );

  test('breaks off when its token is revoked while it is sent, and no other does', async () => {
    const here = await fullMirror();
    const [kept, revoked] = [await addToken(here), await addToken(here)];
    const path = await archive(here, CAT, 0, Buffer.alloc(32 * 1024 * 1024));
    const [open, ending] = [
      await openDownload(here, { ids: [CAT] }, kept),
      await openDownload(here, { ids: [CAT] }, revoked),
    ];
    const [, { name } = { name: '' }] = await here.store.accessTokens();
    await here.store.revokeAccessToken(name, here.clock.now());
    here.clock.advance(1001);
    for (const response of [open, ending]) response.resume();
    await Promise.all([open, ending].map(untilClosed));
    expect([open.complete, ending.complete]).toEqual([true, false]);
    expect(here.log()).toMatch(/revoked[^\n]*a download was broken off/);
    if (process.platform === 'linux') while (countOpen([path]) > 0) await setImmediate();
  });

  test('ends at once when the mirror stops', async () => {
    const here = await fullMirror();
    await archive(here, CAT, 0, Buffer.alloc(64 * 1024 * 1024));
    const response = await openDownload(here, { ids: [CAT] });
    const started = performance.now();
    await here.mirror.stop();
    expect(performance.now() - started).toBeLessThan(3000); // the grace period is 8 s
    response.resume();
    await untilClosed(response);
    expect(response.complete).toBe(false);
  });

  test('is one of a limited number at a time', async () => {
    const here = await fullMirror();
    await archive(here, CAT, 0, Buffer.alloc(32 * 1024 * 1024));
    const open = await Promise.all(Array.from({ length: 6 }, () => openDownload(here, { ids: [CAT] })));
    expect(await errorOf(download(here, { ids: [DOG] }))).toEqual([503, 'api_error']);
    for (const response of open) response.destroy();
    for (;;) {
      const answer = await download(here, { ids: [DOG] });
      await answer.arrayBuffer();
      if (answer.status === 200) break;
    }
  });
});

describe('the plan of a zip', () => {
  const planOf = async (here: TestMirror, tasks: readonly StoredTask[]) => {
    const { store, config } = here;
    const deps = { store, files: createImageFiles(config.dataDir), nowMs: 0, timeZone: 'UTC' };
    const pages = async function* () {
      for (let at = 0; at < tasks.length; at += 1000) yield tasks.slice(at, at + 1000);
    };
    return planZip(pages(), { ids: [], isOrdered: false }, deps);
  };
  const taskOf = (id: string, createdAtMs: number): StoredTask => {
    const { text, state } = document({ id, state: 'failed' });
    return { id: id as TaskId, text, state, createdAtMs, fetchedAtMs: 1 };
  };

  test('has a limited number of tasks', async () => {
    const here = await startTestMirror();
    const tasks = numberedIds(MAX_ZIP_TASKS + 1).map((id) => taskOf(id, 0));
    expect(await planOf(here, tasks.slice(1))).toHaveLength(MAX_ZIP_TASKS);
    await expect(planOf(here, tasks)).rejects.toThrow(/at most 20000 tasks/);
  });

  test('has times that a zip can say, and the exact size, whenever a task was created', async () => {
    const here = await startTestMirror();
    const times = [0, Date.UTC(1979, 11, 31), Date.UTC(2026, 2, 14), Date.UTC(9999, 0, 1)];
    const tasks = times.map((ms, at) => taskOf(`${at}`, ms));
    const entries = await planOf(here, tasks);
    expect(entries.map(({ lastModified }) => new Date(lastModified).getUTCFullYear())).toEqual([
      1980, 1980, 2026, 2107,
    ]);
    const store = { ...here.store, get: (id: TaskId) => tasks.find((task) => task.id === id) };
    const { signal } = new AbortController();
    const deps = { store, files: createImageFiles(here.config.dataDir), nowMs: 0, signal };
    const chunks: Uint8Array[] = [];
    for await (const chunk of generateZip(entries, deps)) chunks.push(chunk);
    const zip = Buffer.concat(chunks);
    expect(computeZipBytes(entries)).toBe(BigInt(zip.length));
    expect([...readZip(zip).keys()]).toEqual(entries.map(({ name }) => name));
  });
});

describe('JSON Lines and CSV', () => {
  test('are those of the export', async () => {
    const here = await fullMirror();
    const indented = { ...JSON.parse(documentText({ id: randomUUID(), prompt: '=cmd cat' })) } as {
      id: string;
    };
    await here.store.storeDocuments({
      documents: [
        { ...document({ id: indented.id }), text: JSON.stringify(indented, null, 2), prompt: '=cmd cat' },
      ],
      requestSeq: await here.store.nextRequestSeq(),
      fetchedAtMs: here.clock.now(),
    });
    const change = { starred: true, rating: 3, addTags: ['=b', 'a'], note: '+1' };
    await here.store.mark([{ id: CAT, change }], { nowMs: here.clock.now() });
    const options = { env: { FLUX_MIRROR_DATA_DIR: here.config.dataDir } };
    const exported = async (format: string) =>
      (await runCli(['export', '--format', format, '--query', 'cat'], options)).stdout;
    const lines = await download(here, { as: 'jsonl', q: 'cat', count: 4 });
    expect(lines.headers.get('content-type')).toBe('application/x-ndjson');
    expect(lines.headers.get('content-disposition')).toContain('flux-mirror cat 2026-03-14.jsonl"');
    expect(await lines.text()).toBe(await exported('jsonl'));
    const table = await download(here, { as: 'csv', q: 'cat', count: 4 });
    expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [mark, text] = [/^\uFEFF/, Buffer.from(await table.arrayBuffer()).toString()];
    expect(text).toMatch(mark); // by which spreadsheets recognise UTF-8
    // The command knows where the files are; whoever downloads has the addresses.
    const paths = (await exported('csv')).replace(
      /[^,|\r\n]*[\\/]([0-9a-f]{64})\.png/g,
      `${here.mirror.url}/images/$1`,
    );
    expect(text.replace(mark, '')).toBe(paths);
    expect(text).toContain("'=cmd cat");
    expect(text).toContain(",true,3,'=b; a,'+1,\r\n");
    expect(text).toContain(`${here.mirror.url}/images/`);
  });

  test('of a search have every page, and not what is added meanwhile', async () => {
    const here = await startTestMirror();
    await put(
      here,
      ...numberedIds(1001).map((id, at) => ({ id, prompt: `cat ${at}`, createdAt: CREATED_AT + at })),
    );
    const answer = await download(here, { as: 'jsonl', q: 'cat', count: 1001 });
    await put(here, { id: randomUUID(), prompt: 'another cat', createdAt: CREATED_AT + 5000 });
    const ids = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual(numberedIds(1001));
  });

  test('leave out what has no document yet', async () => {
    const here = await fullMirror();
    const placeholder = document({ id: randomUUID(), prompt: 'a cat to come', state: 'pending' });
    await here.store.addPlaceholder(placeholder, { nowMs: 1, dueAtMs: 2 });
    const answer = await download(here, { as: 'jsonl', q: 'cat', count: 4 });
    expect((await answer.text()).trimEnd().split('\n')).toHaveLength(3);
  });
});

describe('a download', () => {
  test('has only what the token may see, and a read-only token may have it', async () => {
    const here = await fullMirror();
    const mine = await addToken(here, { limits: { userIds: ['me'] }, isReadOnly: true });
    const files = await readFiles(await download(here, { ids: [CAT, SECRET] }, mine));
    expect(Object.keys(files)).toEqual([
      '2026-03-14 a-siamese-cat 00000000-1.png',
      '2026-03-14 a-siamese-cat 00000000-2.png',
      '2026-03-14 a-siamese-cat 00000000.json',
      'not-included.txt',
    ]);
    expect(files['not-included.txt']).toBe(`${SECRET}: not in the mirror\r\n`);
    expect(await errorOf(download(here, { q: 'cat', count: 3 }, mine))).toEqual([409, 'conflict']);
    await here.store.mark(
      [
        { id: CAT, change: { note: 'a note on the siamese' } },
        { id: SECRET, change: { note: 'a secret note' } },
      ],
      { nowMs: 1 },
    );
    for (const as of ['zip', 'jsonl', 'csv', 'marks']) {
      expect(await errorOf(download(here, { as, ids: [SECRET] }, mine))).toEqual([404, 'not_found']);
      const answer = await download(here, { as, q: 'cat', count: 2 }, mine);
      const text = Buffer.from(await answer.arrayBuffer()).toString();
      expect(text).toContain('iamese');
      expect(text).not.toContain('secret');
    }
  });

  const WRONG: [Record<string, unknown>, number?][] = [
    [{}],
    [{ ids: [] }],
    [{ ids: '' }],
    [{ ids: ['x'.repeat(129)] }],
    [{ ids: Array.from({ length: 5001 }, (_, at) => `id-${at}`) }],
    [{ ids: [CAT], count: 1 }],
    [{ ids: [CAT], q: 'cat' }],
    [{ q: 'cat' }],
    [{ q: 'cat', count: '' }],
    [{ q: 'cat', count: -1 }],
    [{ q: 'cat', count: 1.5 }],
    [{ q: 'cat', count: 3, match: 'close' }],
    [{ q: 'cat', count: 3, modle: 'x' }],
    [{ q: 'cat', count: 3, from: 'yesteryear' }],
    [{ q: 'cat', count: 3, tz: 'Mars' }],
    [{ ids: [CAT], tz: 'Mars' }],
    [{ ids: [CAT], as: 'rar' }],
    [{ ids: [{ id: CAT }] }],
  ];
  test.each(WRONG.map(([body, status = 400]) => [shorten(body), body, status] as const))(
    'can’t be of %s',
    async (_, body, status) => {
      const here = await fullMirror();
      expect(await errorOf(download(here, body))).toEqual([
        status,
        status === 400 ? 'bad_request' : 'not_found',
      ]);
    },
  );
});
