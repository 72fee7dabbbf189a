import { describe, expect, test } from 'vitest';
import { assemble } from '../../src/app/start-mirror.ts';
import { parseConfig } from '../../src/config/config.ts';
import { createLog } from '../../src/lib/log.ts';
import { parseCacheControl } from '../../src/mirror/cache-control.ts';
import { delayStore } from '../helpers/delayed-store.ts';
import { numberedIds } from '../helpers/documents.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { openTestStore, temporaryDirectory, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

const CALLER = { token: undefined, control: parseCacheControl(undefined) };

/** An upstream whose first requests are answered at one moment, each with 429 and its own `Retry-After`; later ones with 404. */
function answerAtOnce(retryAfter: readonly string[]) {
  const waiting: ((answer: Response) => void)[] = [];
  const fetch: typeof globalThis.fetch = () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length > retryAfter.length) resolve(new Response('{}', { status: 404 }));
      if (waiting.length !== retryAfter.length) return;
      for (const [at, answer] of waiting.entries())
        answer(new Response('{}', { status: 429, headers: { 'retry-after': retryAfter[at] ?? '' } }));
    });
  return { fetch, requests: () => waiting.length };
}

async function startParts(fetch: typeof globalThis.fetch, token = UPSTREAM_TOKEN) {
  const clock = new ManualClock();
  const dataDir = temporaryDirectory();
  const env = { ACEDATACLOUD_API_TOKEN: token, FLUX_MIRROR_DATA_DIR: dataDir };
  const config = parseConfig({ flags: {}, env });
  const store = delayStore(await openTestStore(dataDir, clock));
  const log = createLog({ level: 'silent', format: 'json' });
  return { clock, store, ...assemble(config, { clock, log, random: () => 0.5, fetch }, store) };
}

describe('with an asynchronous store', () => {
  test.each([[['600', '1']], [['1', '600']]])(
    'two concurrent failures, Retry-After %j: the longer one applies',
    async (waits) => {
      const upstream = answerAtOnce(waits);
      const { clock, mirror } = await startParts(upstream.fetch);
      const ids = numberedIds(3);
      const [first, second] = await Promise.all([
        mirror.retrieve(ids[0], CALLER),
        mirror.retrieve(ids[1], CALLER),
      ]);
      expect([first?.status, second?.status]).toEqual([429, 429]);
      clock.advance(599_000);
      await expect(mirror.retrieve(ids[2], CALLER)).rejects.toMatchObject({
        status: 429,
        options: { retryAfterSeconds: 1 },
      });
      expect(upstream.requests()).toBe(2);
    },
  );
});

describe('only a rate limit on the mirror’s own token opens the circuit', () => {
  const answering = (status: number) => {
    const statuses: number[] = [];
    const fetch: typeof globalThis.fetch = async () => {
      statuses.push(status);
      return new Response('{}', { status, headers: { 'retry-after': '600' } });
    };
    return { fetch, statuses };
  };

  test.each([
    ['a 429 to a caller with its own token does not', 429, '', 'of-the-caller', 2],
    ['a 503 to a caller is forwarded, and does not', 503, UPSTREAM_TOKEN, undefined, 2],
    ['a 429 to the mirror’s token does', 429, UPSTREAM_TOKEN, undefined, 1],
  ] as const)('%s', async (_, status, ownToken, callerToken, sent) => {
    const { fetch, statuses } = answering(status);
    const { mirror } = await startParts(fetch, ownToken);
    for (const id of numberedIds(2)) {
      const request = mirror.retrieve(id, { ...CALLER, token: callerToken });
      await request.catch((error: unknown) => expect(error).toMatchObject({ status }));
    }
    expect(statuses).toHaveLength(sent);
  });
});
