/** Both engines as a benchmark needs them: mirrors by name, in one directory and on one PostgreSQL server. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Store } from '../../../src/store/contract/store.ts';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { startOwnPostgres } from '../../helpers/postgres-server.ts';

export interface Engine {
  readonly name: string;
  /** Opens a mirror, which is made if it is new. */
  open(mirror: string): Promise<Store>;
  /** What `flux-mirror serve` is told of a mirror. */
  describeMirror(mirror: string): { readonly dataDir: string; readonly env: NodeJS.ProcessEnv };
  /** Does at once what the engine does in the background after many writes. */
  tidy(mirror: string): Promise<void>;
  remove(mirror: string): Promise<void>;
}

/**
 * As on a server of some gigabytes whose operator has followed the manual; everything about durability is as it is shipped (`fsync`,
 * `full_page_writes`, `synchronous_commit`).
 */
export const POSTGRES_SETTINGS = {
  shared_buffers: '1GB',
  effective_cache_size: '3GB',
  max_wal_size: '4GB',
  random_page_cost: '1.1',
  autovacuum_naptime: '60s',
};

/** @param directory of the SQLite mirrors */
export async function startEngines(directory: string): Promise<{ sqlite: Engine; postgres: Engine }> {
  const { urlOf } = await startOwnPostgres(POSTGRES_SETTINGS);
  const locate = (mirror: string) => join(directory, mirror);
  const sqlite: Engine = {
    name: 'SQLite',
    open: (mirror) => openStore({ dataDir: locate(mirror), clock: systemClock, mode: 'owner' }),
    describeMirror: (mirror) => ({ dataDir: locate(mirror), env: {} }),
    tidy: async () => undefined, // what fills a mirror merges its index
    remove: async (mirror) => rmSync(locate(mirror), { recursive: true }),
  };
  const postgres: Engine = {
    name: 'PostgreSQL',
    open: async (mirror) => {
      const known = await runStatement(
        urlOf('postgres'),
        `SELECT 1 FROM pg_database WHERE datname = '${mirror}'`,
      );
      if (known === 0) await runStatement(urlOf('postgres'), `CREATE DATABASE ${mirror}`);
      return openPostgresStore({ url: urlOf(mirror), clock: systemClock, kind: 'server' });
    },
    describeMirror: (mirror) => ({
      dataDir: locate(`served_${mirror}`),
      env: { FLUX_MIRROR_DATABASE_URL: urlOf(mirror) },
    }),
    tidy: async (mirror) => void (await runStatement(urlOf(mirror), 'VACUUM ANALYZE')),
    remove: async (mirror) => void (await runStatement(urlOf('postgres'), `DROP DATABASE ${mirror}`)),
  };
  return { sqlite, postgres };
}

/** @returns how many rows it has found or changed */
async function runStatement(url: string, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
