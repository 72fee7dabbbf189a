/** Workers of a run on a store that takes a moment for each call, as a database on another machine does. */
import { expect, test } from 'vitest';
import { assemble } from '../../src/app/start-mirror.ts';
import { createLog } from '../../src/lib/log.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { openTestStore, temporaryDirectory, testConfig, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

/** The same store; its second claim waits until the claims of the first are released. */
function delaySecondClaim(store: Store): Store {
  let resolve = (): void => undefined;
  const released = new Promise<void>((done) => {
    resolve = done;
  });
  let claims = 0;
  return {
    ...store,
    claimDue: async (options) => {
      claims += 1;
      if (claims === 2) await released;
      return store.claimDue(options);
    },
    release: async (...args) => {
      await store.release(...args);
      resolve();
    },
  };
}

test('none sends a request after the upstream has rejected the token', async () => {
  const clock = new ManualClock();
  const simulator = await startSimulator({ token: UPSTREAM_TOKEN, now: () => clock.now() });
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir, clock);
  const log = createLog({ level: 'silent', format: 'json' });
  const config = testConfig({
    ...{ upstreamToken: UPSTREAM_TOKEN, upstreamUrl: simulator.url, dataDir, discover: 'false' },
    concurrency: '2',
  });
  const { runner } = assemble(config, { clock, log, random: () => 0.5 }, delaySecondClaim(store));
  const ids = numberedIds(2);
  simulator.seed(ids.map((id) => documentText({ id })));
  await store.track(ids, clock.now());
  simulator.fault({ kind: 'status', status: 401 }, { times: 1 });

  expect(await runner.run({ trigger: 'schedule' })).toMatchObject({
    outcome: 'rejected',
    counts: { claimed: 0, requests: 1, finished: 0 },
  });
  expect(simulator.requests).toHaveLength(1);
  // Kept, for whoever has a token that is valid.
  expect(await store.countDue(clock.now())).toBe(2);
  expect(await store.readCircuit(clock.now())).toMatchObject({ reason: 'rejected' });
});
