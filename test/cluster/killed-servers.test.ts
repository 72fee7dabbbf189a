/** Three servers of which one a second is killed: nothing is lost, and nothing is asked for twice without a reason. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { startCli, watch } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { createEmptyDatabase, runSql } from '../helpers/postgres.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { temporaryDirectory, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';
import { tries } from '../helpers/thorough.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const SERVERS = 3;
const IDS = numberedIds(tries(300, 10_000));
const BATCH_SIZE = tries(5, 50);
const CONCURRENCY = 2;
const KILL_INTERVAL_MS = 1000;
/** What the upstream takes, so that kills meet requests under way. */
const ANSWER_MS = 300;

test(`${IDS.length} ids over ${SERVERS} servers, one of which is killed every second`, async (context) => {
  const url = await createEmptyDatabase();
  const simulator = await startSimulator({ token: UPSTREAM_TOKEN });
  onTestFinished(() => simulator.stop());
  simulator.seed(IDS.map((id) => documentText({ id })));
  simulator.fault({ kind: 'delay', ms: ANSWER_MS });
  const store = await openPostgresStore({ url, clock: systemClock, kind: 'command' });
  onTestFinished(() => store.close());
  await store.track(IDS, Date.now());

  const start = () =>
    startCli(['serve'], {
      env: {
        FLUX_MIRROR_DATABASE_URL: url,
        FLUX_MIRROR_DATA_DIR: temporaryDirectory(),
        FLUX_MIRROR_PORT: '0',
        FLUX_MIRROR_SYNC_CRON: '* * * * * *',
        FLUX_MIRROR_DISCOVER: 'false',
        FLUX_MIRROR_BATCH_SIZE: String(BATCH_SIZE),
        FLUX_MIRROR_CONCURRENCY: String(CONCURRENCY),
        ACEDATACLOUD_API_TOKEN: UPSTREAM_TOKEN,
        ACEDATACLOUD_API_BASE_URL: simulator.url,
      },
    });
  const countStored = async () => (await store.stats(Date.now())).byState.succeeded;
  const servers = Array.from({ length: SERVERS }, start);
  await Promise.all(servers.map((server) => watch(server)(/listens on/)));
  const kills: number[] = [];
  for (let at = 0; (await countStored()) < IDS.length; at = (at + 1) % SERVERS) {
    await sleep(KILL_INTERVAL_MS);
    const server = servers[at];
    if (!server) continue;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    kills.push(Date.now());
    await ended;
    servers[at] = start();
  }

  const texts = await store.getMany(IDS);
  expect(texts.map(({ id, text }) => text === documentText({ id })).filter((isSame) => !isSame)).toEqual([]);
  expect(texts).toHaveLength(IDS.length);
  expect(await store.audit()).toEqual([]);
  expect(await runSql(url, 'SELECT id FROM tracked')).toEqual([]);

  const times = new Map<string, number[]>();
  for (const { ids = [], at } of simulator.requests)
    for (const id of ids) times.set(id, [...(times.get(id) ?? []), at]);
  const again = [...times.values()].filter((asked) => asked.length > 1);
  // Whoever asks again has taken over from a server that was killed after it had asked.
  const withoutReason = again.filter((asked) =>
    asked.some((time, at) => {
      const before = asked[at - 1];
      return before !== undefined && !kills.some((kill) => before - 100 <= kill && kill <= time + 100);
    }),
  );
  expect(withoutReason).toEqual([]);
  const repeated = again.reduce((sum, asked) => sum + asked.length - 1, 0);
  expect(repeated).toBeLessThanOrEqual(kills.length * BATCH_SIZE * CONCURRENCY);
  expect(times.size).toBe(IDS.length);
  showFigure(
    context,
    `${IDS.length} ids, ${kills.length} kills, ${repeated} ids asked for again, ${simulator.requests.length} requests`,
  );
}, 300_000);
