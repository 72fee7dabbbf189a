/** Mirrors in PostgreSQL for tests: databases of this process that are emptied and used again, because making one takes longer. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { connect, type Postgres } from '../../src/store/postgres/database.ts';
import {
  openPostgresStore,
  type PostgresOptions,
  type PostgresStore,
} from '../../src/store/postgres/open.ts';
import { ManualClock } from './manual-clock.ts';
import { getPostgresServer } from './postgres-server.ts';

/** Mirrors that a test may use at the same time: the one that it begins with, and the last ones that it has asked for. */
const MAX_AT_ONCE = 4;
const PREFIX = `flux_mirror_test_${process.pid}`;

const databases: string[] = [];
/** How many mirrors the running test has asked for. */
let asked = 0;

/** The URL of an empty mirror. */
export async function createTestDatabase(): Promise<string> {
  if (asked === 0) {
    onTestFinished(() => {
      asked = 0;
    });
  }
  const at = asked < MAX_AT_ONCE ? asked : 1 + ((asked - 1) % (MAX_AT_ONCE - 1));
  asked += 1;
  const { urlOf } = await getPostgresServer();
  const known = databases[at];
  if (known !== undefined) {
    await empty(urlOf(known));
    return urlOf(known);
  }
  const name = `${PREFIX}_${at}`;
  await createFromTemplate(name);
  databases[at] = name;
  return urlOf(name);
}

/** The URL of a new database without tables, which is dropped after the test. */
export async function createEmptyDatabase(options = ''): Promise<string> {
  const { urlOf } = await getPostgresServer();
  const name = `${PREFIX}_empty_${Math.random().toString(36).slice(2)}`;
  await runSql(urlOf('postgres'), `CREATE DATABASE ${name} ${options}`);
  onTestFinished(async () => {
    await runSql(urlOf('postgres'), `DROP DATABASE ${name} WITH (FORCE)`);
  });
  return urlOf(name);
}

/** Runs statements on a connection of their own, as somebody beside the mirror does. @returns the rows of the last one */
export async function runSql(url: string, statements: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query(statements);
    return [result].flat().at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

/** How many there were in a database, also in tests before: those of connections that are closed. */
export async function countDeadlocks(url: string): Promise<number> {
  const [row] = await runSql(
    url,
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(row?.deadlocks);
}

/** An open store that closes with the test. */
export async function openPostgresTestStore(
  url: string,
  kind: PostgresOptions['kind'] = 'server',
  clock = new ManualClock(),
): Promise<PostgresStore> {
  const store = await openPostgresStore({ url, clock, kind, poolSize: 4 });
  onTestFinished(() => store.close());
  return store;
}

let template: Promise<string> | undefined;

async function createFromTemplate(name: string): Promise<void> {
  template ??= createTemplate();
  const { urlOf } = await getPostgresServer();
  await runSql(urlOf('postgres'), `CREATE DATABASE ${name} TEMPLATE ${await template}`);
}

async function createTemplate(): Promise<string> {
  const { urlOf } = await getPostgresServer();
  const name = `${PREFIX}_template`;
  // Another locale than "C" would order texts differently, wherever a column does not say how.
  await runSql(
    urlOf('postgres'),
    `CREATE DATABASE ${name} TEMPLATE template0 ENCODING UTF8 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'`,
  );
  const store = await openPostgresStore({ url: urlOf(name), clock: systemClock, kind: 'command' });
  await store.close();
  return name;
}

async function empty(url: string): Promise<void> {
  await runSql(
    url,
    `DO $$ BEGIN EXECUTE (
       SELECT 'TRUNCATE ' || string_agg(quote_ident(relname), ', ') || ' RESTART IDENTITY' FROM pg_class
       WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> 'flux_mirror_migrations'
     ); END $$`,
  );
}

/** A pool of connections to a mirror, without a store; it closes with the test. */
export function connectToTest(url: string, poolSize = 4): Postgres {
  const db = connect({ url, poolSize, server: randomUUID(), onConnectionError: () => undefined });
  onTestFinished(() => db.close());
  return db;
}

/** Ends all connections to a database, as a restart of the server does. */
export async function breakConnections(url: string): Promise<void> {
  await administrate(
    url,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${getDatabaseName(url)}'`,
  );
}

/** Runs statements from another database of the same server. */
export async function administrate(url: string, statements: string): Promise<void> {
  await runSql(new URL('/postgres', url).href, statements);
}

export function getDatabaseName(url: string): string {
  return new URL(url).pathname.slice(1);
}
