/** Callers that ask for much that is not stored: what it costs the upstream, and the other callers. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { addToken } from '../helpers/access-token.ts';
import { document, documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { startTestMirror, type TestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';
import { tries } from '../helpers/thorough.ts';

const [ID] = VENDOR_IDS;
const REQUESTS = tries(16, 64);
const IDS_PER_REQUEST = 1000;
/** What they would cost the upstream, with 50 ids in each request. */
const TOTAL = (REQUESTS * IDS_PER_REQUEST) / 50;

const unknownIds = (count: number) => Array.from({ length: count }, () => randomUUID());

/** Posts to `/flux/tasks` as a caller that can hang up. */
function createCaller(here: TestMirror, headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  const post = (body: unknown) =>
    here
      .request('/flux/tasks', {
        method: 'POST',
        body: JSON.stringify(body),
        headers,
        signal: leaving.signal,
      })
      .catch(() => undefined); // hung up
  return { post, hangUp: () => leaving.abort() };
}

/** Requests of 1,000 unknown ids each, of which some have reached the upstream. */
async function floodWithMisses(here: TestMirror, headers: Record<string, string> = {}) {
  here.simulator.seed(VENDOR_DOCUMENTS);
  here.simulator.fault({ kind: 'delay', ms: 20 });
  const hostile = createCaller(here, headers);
  const flood = Array.from({ length: REQUESTS }, () =>
    hostile.post({ action: 'retrieve_batch', ids: unknownIds(IDS_PER_REQUEST) }),
  );
  await expect.poll(() => here.simulator.requests.length, { interval: 1 }).toBeGreaterThan(1);
  return { ...hostile, flood };
}

describe(`${REQUESTS} requests of ${IDS_PER_REQUEST.toLocaleString('en')} unknown ids`, () => {
  test('cost the upstream nothing more once their caller has hung up', async (context) => {
    const here = await startTestMirror();
    const { hangUp, flood } = await floodWithMisses(here);
    await here.get('/healthz');
    hangUp();
    await Promise.all(flood);
    // Everything that was queued has left when the other caller is answered.
    expect((await here.post({ action: 'retrieve', id: ID })).status).toBe(200);
    const sent = here.simulator.requests.length;
    expect(await here.post({ action: 'retrieve', id: numberedIds(1)[0] })).toHaveProperty('status', 404);
    expect(here.simulator.requests.length - sent).toBe(1);
    expect(sent).toBeLessThan(TOTAL / 2);
    showFigure(context, `${sent} of ${TOTAL} upstream requests were sent`);
  });

  test('let another caller have every second turn while they last', async (context) => {
    const here = await startTestMirror({ concurrency: '1' });
    const headers = await addToken(here);
    const { hangUp, flood } = await floodWithMisses(here, await addToken(here));
    const before = here.simulator.requests.length;
    const answer = await here.post({ action: 'retrieve', id: ID }, headers);
    expect(answer.status).toBe(200);
    const position = here.simulator.requests.findIndex(({ id }) => id === ID) - before;
    expect(position).toBeLessThan(TOTAL / 3); // the flood may still have been arriving
    hangUp();
    await Promise.all(flood);
    showFigure(context, `another caller was sent after ${position} of ${TOTAL} requests`);
  });
});

describe('a caller whose share of the queue is full', () => {
  test('gets 503 with Retry-After, and what is stored is served all the same', async () => {
    const here = await startTestMirror();
    here.simulator.seed(VENDOR_DOCUMENTS);
    await here.post({ action: 'retrieve', id: ID });
    here.simulator.fault({ kind: 'hang' });
    const refused: { status: number; retryAfter: string | null; body: unknown }[] = [];
    const { post, hangUp } = createCaller(here);
    const asked = unknownIds(300).map(async (id) => {
      const answer = await post({ action: 'retrieve', id });
      if (!answer) return;
      const { status, headers } = answer;
      refused.push({ status, retryAfter: headers.get('retry-after'), body: await answer.json() });
    });
    // Two are in flight and 256 wait.
    await expect.poll(() => refused.length).toBe(300 - 258);
    const body = { success: false, error: { code: 'api_error' } };
    for (const answer of refused) expect(answer).toMatchObject({ status: 503, retryAfter: '5', body });
    expect((await here.post({ action: 'retrieve', id: ID })).status).toBe(200);
    hangUp();
    await Promise.all(asked);
    expect(here.simulator.requests.length).toBeLessThan(5);
    expect((await (await here.get('/readyz')).json()) as object).toMatchObject({ status: 'ready' });
  });
});

describe('a caller that hangs up', () => {
  /** A mirror whose only slot is taken until the fault is removed. */
  async function occupied() {
    const here = await startTestMirror({ concurrency: '1', upstreamTimeoutMs: '700ms' });
    here.simulator.fault({ kind: 'hang' }, { when: ({ id }) => id === 'blocker' });
    void here.post({ action: 'retrieve', id: 'blocker' }).catch(() => undefined);
    await expect.poll(() => here.simulator.requests.length).toBe(1);
    return here;
  }
  const sentIds = (here: TestMirror) => here.simulator.requests.map(({ id }) => id);

  test('does not take along what another caller waits for', async () => {
    const here = await occupied();
    here.simulator.seed(VENDOR_DOCUMENTS);
    const { post, hangUp } = createCaller(here);
    const leaving = [post({ action: 'retrieve', id: ID }), post({ action: 'retrieve', id: 'nobody' })];
    const staying = here.post({ action: 'retrieve', id: ID });
    await here.get('/healthz');
    hangUp();
    await Promise.all(leaving);
    expect(await (await staying).text()).toBe(VENDOR_DOCUMENTS[0]);
    expect(sentIds(here)).toEqual(['blocker', ID]);
  });

  test('has its deletion sent all the same', async () => {
    const here = await occupied();
    here.simulator.seed(VENDOR_DOCUMENTS);
    const { post, hangUp } = createCaller(here);
    const leaving = post({ action: 'delete', id: ID });
    await here.get('/healthz');
    hangUp();
    await leaving;
    await expect.poll(() => here.simulator.documentText(ID)).toBeUndefined();
  });

  test('has its paid request not sent if it was still queued, and never sent twice', async () => {
    const here = await occupied();
    here.simulator.seed(VENDOR_DOCUMENTS);
    const { post, hangUp } = createCaller(here, { 'payment-signature': 'paid' });
    const leaving = post({ action: 'retrieve', id: ID });
    await here.get('/healthz');
    hangUp();
    await leaving;
    expect((await here.post({ action: 'retrieve', id: 'last' })).status).toBe(404);
    expect(sentIds(here)).toEqual(['blocker', 'last']);
  });
});

describe('an id that the upstream does not know', () => {
  const [UNKNOWN, OTHER] = numberedIds(2);

  test('is remembered for three seconds, with the upstream’s own response', async () => {
    const here = await startTestMirror();
    const ask = () => here.post({ action: 'retrieve', id: UNKNOWN });
    const first = await ask();
    const again = await ask();
    expect(await again.text()).toBe(await first.text());
    expect([again.status, again.headers.get('cache-status')]).toEqual([
      404,
      'flux-mirror; hit; detail=unknown-to-upstream',
    ]);
    expect(here.simulator.requests).toHaveLength(1);
    here.clock.advance(3000);
    here.simulator.seed([documentText({ id: UNKNOWN })]);
    expect((await ask()).status).toBe(200);
  });

  test('is not asked for again in a batch', async () => {
    const here = await startTestMirror();
    const ids = [UNKNOWN, OTHER];
    for (const expected of [1, 1]) {
      const answer = await here.post({ action: 'retrieve_batch', ids });
      expect(await answer.json()).toEqual({ items: [], count: 0 });
      expect(here.simulator.requests).toHaveLength(expected);
    }
    await here.post({ action: 'retrieve_batch', ids: [...ids, ID] });
    expect(here.simulator.requests.at(-1)?.ids).toEqual([ID]);
    // The batch has no response of the upstream about one id to relay.
    await here.post({ action: 'retrieve', id: UNKNOWN });
    expect(here.simulator.requests.at(-1)?.id).toBe(UNKNOWN);
  });

  test.each(['no-cache', 'max-age=0'])('is asked for again with %s', async (control) => {
    const here = await startTestMirror();
    await here.post({ action: 'retrieve', id: UNKNOWN });
    here.simulator.seed([documentText({ id: UNKNOWN })]);
    const answer = await here.post({ action: 'retrieve', id: UNKNOWN }, { 'cache-control': control });
    expect(answer.status).toBe(200);
  });

  test('is asked for again once it is tracked', async () => {
    const here = await startTestMirror();
    for (const body of [
      { action: 'retrieve', id: UNKNOWN },
      { action: 'retrieve_batch', ids: [UNKNOWN] },
    ]) {
      await here.post(body);
      await here.store.track([UNKNOWN], here.clock.now());
      const before = here.simulator.requests.length;
      await here.post(body);
      expect(here.simulator.requests.length - before).toBe(1);
      await here.store.untrack(UNKNOWN);
    }
  });

  test('is asked for again with the token of another caller, which may see more', async () => {
    const here = await startTestMirror({ upstreamToken: '' });
    const ask = (token: string) =>
      here.post({ action: 'retrieve', id: UNKNOWN }, { authorization: `Bearer ${token}` });
    here.simulator.fault({ kind: 'body', body: '{}' }, { times: 1 });
    await ask('sees-nothing');
    here.simulator.seed([documentText({ id: UNKNOWN })]);
    expect(await (await ask('sees-nothing')).text()).toBe('{}');
    expect(await (await ask(UPSTREAM_TOKEN)).text()).toBe(documentText({ id: UNKNOWN }));
  });

  test('is served from the cache once it was imported', async () => {
    const here = await startTestMirror();
    await here.post({ action: 'retrieve', id: UNKNOWN });
    await here.store.storeDocuments({
      documents: [document({ id: UNKNOWN })],
      requestSeq: await here.store.nextRequestSeq(),
      fetchedAtMs: here.clock.now(),
    });
    expect((await here.post({ action: 'retrieve', id: UNKNOWN })).status).toBe(200);
  });
});
