/** How many upstream requests a full sync takes, and how long. */
import { join } from 'node:path';
import { assemble } from '../../src/app/start-mirror.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { findTaskIds } from '../../src/task/id.ts';
import type { BenchDocument } from './dataset.ts';
import type { Row } from './table.ts';

export async function benchSyncing(documents: readonly BenchDocument[], directory: string): Promise<Row[]> {
  const simulator = await startSimulator({ token: 'bench' });
  simulator.seed(documents.map(({ text }) => text));
  const config = parseConfig({
    flags: { upstreamToken: 'bench', upstreamUrl: simulator.url, dataDir: join(directory, 'sync') },
    env: {},
  });
  const store = await openStore({ dataDir: config.dataDir, clock: systemClock, mode: 'owner' });
  await store.track(
    documents.flatMap(({ id }) => findTaskIds(id)),
    systemClock.now(),
  );
  const { runner } = assemble(
    config,
    { clock: systemClock, log: createLog({ level: 'warn', format: 'json' }) },
    store,
  );
  const started = performance.now();
  const { counts } = await runner.run({ trigger: 'command' });
  const seconds = (performance.now() - started) / 1000;
  await store.close();
  await simulator.stop();
  return [
    {
      what: `upstream requests for ${documents.length.toLocaleString('en')} tracked ids`,
      value: simulator.requests.length.toLocaleString('en'),
      wanted: `exactly ${Math.ceil(documents.length / 50).toLocaleString('en')}`,
    },
    { what: 'finished and stored', value: counts.finished.toLocaleString('en') },
    { what: 'time, simulator and mirror on the same cores', value: `${seconds.toFixed(1)} s` },
  ];
}
