import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Database } from '../../src/store/sqlite/driver.ts';
import type { TaskId } from '../../src/task/id.ts';
import { numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { requireSqlite } from '../helpers/test-engine.ts';
import { startTestMirror, type TestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

const GENERATE = { action: 'generate', model: 'flux-dev', size: '512x512', prompt: 'a zebra on the moon' };

function generate(
  { request }: TestMirror,
  body: unknown = GENERATE,
  headers: Record<string, string> = {},
): Promise<Response> {
  return request('/flux/images', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function zebras({ get }: TestMirror) {
  const { items } = (await (await get('/api/search?q=zebra')).json()) as { items: Record<string, unknown>[] };
  return items;
}

const atOnce = { taskDurationMs: 0 };

describe('POST /flux/images', () => {
  test('is forwarded unchanged, and so is its response', async () => {
    const here = await startTestMirror();
    const odd = '{"action":"generate", "prompt":"a zebra \\u00e9",\n "seed":1.0,"async":true}';
    const answer = await generate(here, odd, { 'x-record-exempt': 'true', 'x-forwarded-for': '10.0.0.1' });
    const [sent] = here.simulator.requests;
    expect(sent?.body).toBe(odd);
    expect(sent?.authorization).toBe(`Bearer ${UPSTREAM_TOKEN}`);
    expect(sent?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'x-record-exempt': 'true',
    });
    expect(sent?.headers).not.toHaveProperty('x-forwarded-for');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toEqual({ task_id: expect.any(String), trace_id: expect.any(String) });
  });

  test('with the mirror’s token sends only headers that are known; with the caller’s own, all but those of proxies', async () => {
    const here = await startTestMirror({}, atOnce);
    const steering = {
      'x-original-url': '/flux/tasks',
      'x-rewrite-url': '/flux/tasks',
      'x-http-method-override': 'DELETE',
      'x-user-id': 'somebody',
      'x-new-of-the-vendor': '1',
    };
    const known = { 'x-record-exempt': 'true', 'x-request-id': 'r-1', 'user-agent': 'a client' };
    for (const path of ['/flux/images', '/flux/videos']) {
      await here.request(path, {
        method: 'POST',
        headers: { ...steering, ...known },
        body: JSON.stringify(GENERATE),
      });
      const sent = here.simulator.requests.at(-1)?.headers;
      expect(sent).toMatchObject(known);
      for (const name of Object.keys(steering)) expect(sent).not.toHaveProperty(name);
    }
    await here.post({ action: 'retrieve', id: 'unknown' }, { ...steering, ...known });
    for (const name of Object.keys(steering))
      expect(here.simulator.requests.at(-1)?.headers).not.toHaveProperty(name);

    await here.restart({ upstreamToken: '' });
    const own = { authorization: `Bearer ${UPSTREAM_TOKEN}`, 'x-forwarded-for': '10.0.0.1' };
    await generate(here, GENERATE, { ...steering, ...own });
    expect(here.simulator.requests.at(-1)?.headers).toMatchObject({ 'x-new-of-the-vendor': '1' });
    for (const name of ['x-original-url', 'x-rewrite-url', 'x-http-method-override', 'x-forwarded-for'])
      expect(here.simulator.requests.at(-1)?.headers).not.toHaveProperty(name);
  });

  test('is searchable and tracked before its response, and not served until the upstream sends a document', async () => {
    const here = await startTestMirror();
    const { task_id: id } = (await (await generate(here, { ...GENERATE, async: true })).json()) as {
      task_id: TaskId;
    };
    expect(await zebras(here)).toMatchObject([
      { id, state: 'pending', prompt: GENERATE.prompt, model: 'flux-dev', size: '512x512', images: [] },
    ]);
    expect((await here.store.tracked({ limit: 5, offset: 0 })).items).toMatchObject([{ id }]);
    // What is known of it is ours, so it is never served as the upstream's.
    expect((await here.get(`/api/tasks/${id}`)).status).toBe(404);
    const cached = await here.post({ action: 'retrieve', id }, { 'cache-control': 'only-if-cached' });
    expect(cached.status).toBe(504);
    expect((await here.store.list({}, { limit: 5, offset: 0 })).count).toBe(0);

    const pending = await here.post({ action: 'retrieve', id });
    expect(await pending.text()).toBe(here.simulator.documentText(id));
    here.clock.advance(10_000);
    await here.mirror.runner.run({ trigger: 'command' });
    expect(await zebras(here)).toMatchObject([
      { id, state: 'succeeded', images: [{ url: expect.any(String) }] },
    ]);
    expect((await here.store.get(id))?.text).toBe(here.simulator.documentText(id));
    expect(await here.store.audit()).toEqual([]);
  });

  test('waits for a synchronous generation, and records its id', async () => {
    const here = await startTestMirror({}, atOnce);
    const body = (await (await generate(here)).json()) as { task_id: string; data: unknown[] };
    expect(body).toMatchObject({ success: true, data: [{ prompt: GENERATE.prompt }] });
    expect(await zebras(here)).toMatchObject([{ id: body.task_id }]);
  });

  test('streams lines as they arrive, and has tracked the task before its line is forwarded', async () => {
    const here = await startTestMirror();
    const answer = await generate(here, GENERATE, { accept: 'application/x-ndjson' });
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readTo = async (lines: number) => {
      while (text.split('\n').length <= lines) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) break;
        text += value ?? '';
      }
    };
    await readTo(2); // the simulator's clock stands still, so the last line can't have been sent
    const [first, second] = text.split('\n');
    expect(JSON.parse(first ?? '')).toEqual({ progress: 0 });
    const { task_id } = JSON.parse(second ?? '') as { task_id: string };
    expect(await zebras(here)).toMatchObject([{ id: task_id, state: 'pending' }]);

    here.clock.advance(10_000);
    await readTo(3);
    expect(JSON.parse(text.split('\n')[2] ?? '')).toMatchObject({ success: true, task_id });
  });

  test.for(['application/json', 'application/x-ndjson'])(
    'records the id when the caller of %s disconnects',
    async (accept, context) => {
      const here = await startTestMirror();
      const url = new URL(`${here.mirror.url}/flux/images`);
      const call = httpRequest(url, { method: 'POST', headers: { accept } });
      call.on('error', () => undefined);
      call.end(JSON.stringify(GENERATE));
      await expect.poll(() => here.simulator.requests.length).toBe(1);
      call.destroy();
      here.clock.advance(10_000);
      await expect.poll(() => zebras(here)).toHaveLength(1);
      expect(here.simulator.requests).toHaveLength(1);
      showFigure(context, '0 generations lost, 0 repeated');
    },
  );

  test('is never retried, and reports what went wrong', async () => {
    const here = await startTestMirror();
    here.simulator.fault({ kind: 'reset' });
    const reset = await generate(here);
    expect(reset.status).toBe(502);
    expect(await reset.json()).toMatchObject({ success: false, error: { code: 'api_error' } });
    here.simulator.clearFaults();
    here.simulator.fault({ kind: 'status', status: 500, code: 'api_error', message: 'fetch failed' });
    expect((await generate(here)).status).toBe(500);
    here.simulator.clearFaults();
    here.simulator.fault({ kind: 'redirect', location: 'http://127.0.0.1:1/' });
    expect((await generate(here)).status).toBe(502);
    expect(here.simulator.requests).toHaveLength(3);
  });

  test('forwards an upstream error: status, body, content type, Retry-After', async () => {
    const here = await startTestMirror();
    const body = '{"success": false, "error": {"code":"used_up","message":"balance"}}';
    here.simulator.fault({ kind: 'status', status: 403, body, headers: { 'retry-after': '7' } });
    const refused = await generate(here);
    expect([refused.status, await refused.text(), refused.headers.get('retry-after')]).toEqual([
      403,
      body,
      '7',
    ]);
    here.simulator.clearFaults();
    here.simulator.fault({ kind: 'html', status: 502 });
    const html = await generate(here);
    expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(await zebras(here)).toEqual([]);
  });

  test('needs the upstream; without a token the upstream refuses it', async () => {
    const here = await startTestMirror({ offline: 'true' });
    const offline = await generate(here);
    expect(offline.status).toBe(503);
    expect(await offline.json()).toMatchObject({ error: { code: 'api_error' } });
    await here.restart({ offline: 'false', upstreamToken: '' });
    const refused = await generate(here);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: { code: 'no_token' } });
    expect(here.simulator.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
    const own = await generate(
      here,
      { ...GENERATE, async: true },
      { authorization: `Bearer ${UPSTREAM_TOKEN}` },
    );
    expect(own.status).toBe(200);
  });

  test('never sends a token of the mirror upstream', async () => {
    const here = await startTestMirror({ tokens: 'mirror-secret', upstreamToken: '' });
    expect((await generate(here, GENERATE)).status).toBe(401);
    expect((await generate(here, GENERATE, { authorization: 'Bearer mirror-secret' })).status).toBe(401);
    expect(here.simulator.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test('succeeds when the database fails; the id is spooled, and tracked once it works', async (context) => {
    requireSqlite(context);
    const here = await startTestMirror({}, atOnce);
    const damage = (sql: string) => {
      const database = new Database(join(here.config.dataDir, 'mirror.db'));
      database.exec(sql);
      database.close();
    };
    damage('ALTER TABLE tracked RENAME TO elsewhere');
    const answer = await generate(here);
    const { task_id } = (await answer.json()) as { task_id: string };
    expect(answer.status).toBe(200);
    expect(here.log()).toContain(task_id);
    damage('ALTER TABLE elsewhere RENAME TO tracked');
    await expect.poll(() => zebras(here)).toMatchObject([{ id: task_id, prompt: GENERATE.prompt }]);
    await here.restart();
    expect(await zebras(here)).toHaveLength(1);
    expect(existsSync(join(here.config.dataDir, 'spool.jsonl'))).toBe(false);
  });

  test.each([63, 64])(
    'is tracked with its id alone when its body nests too deep for a document (%i)',
    async (depth) => {
      const here = await startTestMirror({}, atOnce);
      const nested = `${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}`;
      const answer = await generate(here, `{"action":"generate","prompt":"a zebra","extra":${nested}}`);
      const { task_id: id } = (await answer.json()) as { task_id: string };
      expect(answer.status).toBe(200);
      expect((await here.store.tracked({ limit: 5, offset: 0 })).items).toMatchObject([{ id }]);
      expect(existsSync(join(here.config.dataDir, 'spool.jsonl'))).toBe(false);
    },
  );

  test('an entry of the spool that can never be stored is set aside, and the others are imported', async () => {
    const here = await startTestMirror({}, atOnce);
    const spool = join(here.config.dataDir, 'spool.jsonl');
    const entry = (id: string, request: string) =>
      `${JSON.stringify({ id, kind: 'images', request, at_ms: 1 })}\n`;
    const deep = `{"a":${'['.repeat(63)}${']'.repeat(63)}}`;
    const [first, second, third] = numberedIds(3);
    writeFileSync(
      spool,
      [
        entry(first, deep),
        entry('x'.repeat(200), '{}'),
        entry(second, 'not JSON'),
        entry('', '{}'),
        entry(third, '{"prompt":"a zebra"}'),
      ].join(''),
    );
    await here.restart();
    const { items } = await here.store.tracked({ limit: 9, offset: 0 });
    expect(items.map(({ id }) => id).sort()).toEqual([first, second, third]);
    expect(existsSync(spool)).toBe(false);
    const aside = readFileSync(join(here.config.dataDir, 'spool.unreadable.jsonl'), 'utf8');
    expect(aside.trim().split('\n')).toHaveLength(2);
  });
});
