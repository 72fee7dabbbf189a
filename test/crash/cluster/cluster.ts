/** Two servers on one database and one bucket, each of them a process that can be killed; upstream and webhooks' receiver live on. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import { runSql } from '../../helpers/postgres.ts';
import { type OwnPostgres, startOwnPostgres } from '../../helpers/postgres-server.ts';
import { type CrashReceiver, startCrashReceiver } from '../receiver.ts';
import { createServerEnv, UPSTREAM_TOKEN } from '../server-process.ts';
import { type CrashBucket, startCrashBucket } from './bucket.ts';
import { createKilledServer, type KilledServer } from './killed-server.ts';

export interface CrashCluster {
  /** Holds what follows, and the logs of the servers. */
  readonly root: string;
  /** The folder of the objects, of which each is a file whose name ends with `_object`. */
  readonly objects: string;
  readonly databaseUrl: string;
  /** Of a process of the mirror, but for its data directory. */
  readonly env: Readonly<Record<string, string>>;
  readonly servers: readonly KilledServer[];
  readonly postgres: OwnPostgres;
  readonly bucket: CrashBucket;
  readonly simulator: Simulator;
  readonly receiver: CrashReceiver;
  /** Kills everything, and removes what is left unless it is kept. */
  stop(isKept?: boolean): Promise<void>;
}

const SERVERS = 2;

/** @param random uniform in [0, 1) */
export async function startCrashCluster(random: () => number): Promise<CrashCluster> {
  const root = mkdtempSync(join(tmpdir(), 'flux-mirror-cluster-crash-'));
  const objects = join(root, 'objects');
  const postgres = await startOwnPostgres();
  await runSql(postgres.urlOf('postgres'), 'CREATE DATABASE mirror');
  const bucket = await startCrashBucket(objects);
  const simulator = await startSimulator({ token: UPSTREAM_TOKEN });
  const receiver = await startCrashReceiver(random);
  const databaseUrl = postgres.urlOf('mirror');
  const env = {
    ...createServerEnv(simulator.url, receiver.url),
    // It would find tasks before their clients ask for them, so that nothing could be counted.
    FLUX_MIRROR_DISCOVER: 'false',
    FLUX_MIRROR_DATABASE_URL: databaseUrl,
    ...bucket.env,
  };
  const servers = await Promise.all(
    Array.from({ length: SERVERS }, (_, at) => {
      const folder = join(root, `server-${at}`);
      mkdirSync(folder);
      return createKilledServer(folder, env);
    }),
  );
  return {
    ...{ root, objects, databaseUrl, env, servers, postgres, bucket, simulator, receiver },
    stop: async (isKept = false) => {
      await Promise.all([...servers, bucket].map(({ kill }) => kill()));
      await Promise.all([simulator.stop(), receiver.stop(), postgres.kill()]);
      if (!isKept) rmSync(root, { recursive: true, force: true });
    },
  };
}
