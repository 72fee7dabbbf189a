/** Pay-per-call (x402): a request that pays for itself is the caller's own, whoever else is served here. */
import { describe, expect, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

const [ID] = VENDOR_IDS;
const PAID = { 'payment-signature': 'signed' };
const takesPayments = { takesPayments: true };
const sentHeaders = (here: Awaited<ReturnType<typeof startTestMirror>>) =>
  here.simulator.requests.map(({ authorization, headers }) => [
    authorization,
    headers['payment-signature'] ?? headers['x-payment'],
  ]);

describe('a request that pays', () => {
  test.each([
    ['a retrieve', { action: 'retrieve', id: ID }],
    ['a batch', { action: 'retrieve_batch', ids: [ID] }],
    ['a list', { action: 'retrieve_batch', limit: 3 }],
    ['a delete', { action: 'delete', id: ID }],
  ])('%s goes up as it was sent, without the mirror’s token', async (_, request) => {
    const here = await startTestMirror({}, takesPayments);
    here.simulator.seed(VENDOR_DOCUMENTS);
    const body = ` ${JSON.stringify(request)}\n`;
    for (const [name, receipt] of [
      ['payment-signature', 'payment-response'],
      ['x-payment', 'x-payment-response'],
    ] as const) {
      const before = here.simulator.requests.length;
      const answer = await here.post(body, { [name]: 'signed' });
      if (here.simulator.requests.length === before) continue; // stored by now
      expect([answer.status, answer.headers.get(receipt)]).toEqual([200, expect.any(String)]);
      expect(here.simulator.requests.at(-1)).toMatchObject({ body, authorization: undefined });
    }
    expect(new Set(sentHeaders(here).map(String))).toEqual(new Set([',signed']));
  });

  test('keeps the caller’s own token; a token of the mirror is never forwarded', async () => {
    const here = await startTestMirror({ tokens: 'ours' }, takesPayments);
    here.simulator.seed(VENDOR_DOCUMENTS);
    expect((await here.post({ id: ID }, PAID)).status).toBe(401);
    expect((await here.post({ id: ID }, { ...PAID, authorization: 'Bearer ours' })).status).toBe(200);
    expect(sentHeaders(here)).toEqual([[undefined, 'signed']]);
    await here.restart({ tokens: '' });
    await here.post({ id: VENDOR_IDS[1] }, { ...PAID, authorization: 'Bearer theirs' });
    expect(sentHeaders(here).at(-1)).toEqual(['Bearer theirs', 'signed']);
  });

  test('gets its receipt whatever the answer is made of', async () => {
    const [unknown, pending] = numberedIds(2);
    const here = await startTestMirror({}, takesPayments);
    const receipt = async (body: object) => (await here.post(body, PAID)).headers.get('payment-response');
    expect(await receipt({ action: 'retrieve_batch', ids: [unknown] })).toEqual(expect.any(String));
    here.simulator.seed([documentText({ id: pending, state: 'pending' })]);
    await here.post({ id: pending });
    here.clock.advance(60_000);
    here.simulator.fault({ kind: 'status', status: 404, headers: { 'payment-response': 'paid' } });
    expect(await receipt({ id: pending })).toBe('paid');
    here.simulator.clearFaults();
    here.simulator.fault({ kind: 'status', status: 500, headers: { 'payment-response': 'paid' } });
    expect(await receipt({ id: pending })).toBe('paid');
  });

  test('of a generation is sent as it came, also where callbacks are the mirror’s', async () => {
    const here = await startTestMirror({ callbackUrl: 'http://mirror.example' }, takesPayments);
    const body = '\uFEFF{"prompt":"a cat", "async":true}';
    const answer = await here.request('/flux/images', { method: 'POST', headers: PAID, body });
    expect(answer.status).toBe(200);
    const sent = here.simulator.requests.at(-1);
    expect(`\uFEFF${sent?.body}`).toBe(body); // the simulator reads it without the mark
    expect(sent?.headers['content-length']).toBe(String(Buffer.byteLength(body)));
  });

  test('is never retried and never shared', async () => {
    const here = await startTestMirror({}, takesPayments);
    here.simulator.seed(VENDOR_DOCUMENTS);
    here.simulator.fault({ kind: 'reset' }, { times: 1 });
    expect((await here.post({ id: ID }, PAID)).status).toBe(502);
    expect(here.simulator.requests).toHaveLength(1);
    here.simulator.fault({ kind: 'delay', ms: 50 });
    const answers = await Promise.all(
      [1, 2].map((n) => here.post({ id: ID }, { 'payment-signature': `signed-${n}` })),
    );
    expect(answers.map(({ headers }) => headers.get('payment-response'))).toEqual([
      expect.any(String),
      expect.any(String),
    ]);
    expect(here.simulator.requests).toHaveLength(3);
  });

  test('is not needed for what is finished and stored', async () => {
    const here = await startTestMirror({ upstreamToken: '' }, takesPayments);
    here.simulator.seed(VENDOR_DOCUMENTS);
    await here.post({ id: ID }, PAID);
    const free = await here.post({ id: ID });
    expect([free.status, free.headers.get('cache-status')]).toEqual([200, 'flux-mirror; hit']);
    expect(here.simulator.requests).toHaveLength(1);
  });
});

describe('a price', () => {
  test('comes down unchanged, is never cached, and blocks nobody', async () => {
    const here = await startTestMirror({ upstreamToken: '' }, takesPayments);
    here.simulator.seed(VENDOR_DOCUMENTS);
    const body = JSON.stringify({ id: ID });
    const direct = await fetch(`${here.simulator.url}/flux/tasks`, { method: 'POST', body });
    for (let at = 0; at < 2; at += 1) {
      const answer = await here.post(body);
      expect(answer.status).toBe(402);
      expect(answer.headers.get('payment-required')).toBe(direct.headers.get('payment-required'));
      expect(await answer.json()).toMatchObject({ x402Version: 2, accepts: [{ scheme: 'exact' }] });
    }
    expect(here.simulator.requests).toHaveLength(3);
    expect((await here.post(body, { authorization: `Bearer ${UPSTREAM_TOKEN}` })).status).toBe(200);
  });

  test('of a body that is no JSON comes down as well, with or without a time to wait', async () => {
    const here = await startTestMirror();
    here.simulator.fault(
      { kind: 'status', status: 402, body: 'pay', headers: { 'retry-after': '60', 'payment-required': 'x' } },
      { times: 1 },
    );
    const answer = await here.post({ id: ID });
    expect([answer.status, await answer.text(), answer.headers.get('payment-required')]).toEqual([
      402,
      'pay',
      'x',
    ]);
    here.simulator.seed(VENDOR_DOCUMENTS);
    expect((await here.post({ id: ID })).status).toBe(200);
  });

  test('of a refresh is told to who can pay; who brought a token is served what is here', async () => {
    const [pending] = numberedIds(1);
    const here = await startTestMirror({ upstreamToken: '' }, takesPayments);
    here.simulator.seed([documentText({ id: pending, state: 'pending' })]);
    await here.post({ id: pending }, PAID);
    here.clock.advance(60_000);
    expect((await here.post({ id: pending })).status).toBe(402);
    here.simulator.fault({ kind: 'status', status: 402 });
    const served = await here.post({ id: pending }, { authorization: `Bearer ${UPSTREAM_TOKEN}` });
    const batch = await here.post(
      { action: 'retrieve_batch', ids: [pending] },
      { authorization: `Bearer ${UPSTREAM_TOKEN}` },
    );
    expect([batch.status, await batch.json()]).toMatchObject([200, { count: 1 }]);
    expect([served.status, served.headers.get('cache-status')]).toEqual([
      200,
      'flux-mirror; hit; detail=stale-if-error',
    ]);
  });

  test('of a part of a batch does not hide what is finished and here', async () => {
    const here = await startTestMirror({ upstreamToken: '' }, takesPayments);
    here.simulator.seed(VENDOR_DOCUMENTS);
    await here.post({ id: ID }, PAID);
    const answer = await here.post({ action: 'retrieve_batch', ids: VENDOR_IDS });
    expect([answer.status, answer.headers.get('x-flux-mirror-unfetched')]).toEqual([200, '1']);
    expect(await answer.json()).toMatchObject({ count: 1, items: [{ id: ID }] });
  });

  test('leaves the schedule alone', async () => {
    const [pending] = numberedIds(1);
    const here = await startTestMirror();
    here.simulator.seed([documentText({ id: pending })]);
    await here.store.track([pending], here.clock.now());
    here.simulator.fault({ kind: 'status', status: 402, headers: { 'retry-after': '3600' } }, { times: 1 });
    await here.mirror.runner.run({ trigger: 'schedule' });
    expect((await here.post({ id: pending })).status).toBe(200);
  });
});
