/**
 * The pool of connections. It works through a pooler in transaction mode as well: no named statements, no LISTEN, no locks or settings
 * of a session.
 */
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { isConnectionLost } from './errors.ts';
import { prepareParam } from './text-values.ts';
import { requireTls } from './tls.ts';

/** Where statements run: on a connection of the pool each, or all in one transaction. */
export interface Queryable {
  /** Runs one statement. Columns of the type bigint come as numbers. @returns its rows */
  query<Row extends object>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Runs one statement. @returns how many rows it has changed or found */
  execute(text: string, params?: readonly unknown[]): Promise<number>;
  /** For statements that its builder can say. */
  readonly drizzle: NodePgDatabase;
}

export interface Postgres extends Queryable {
  readonly pool: pg.Pool;
  /** Name of this process among those that share the mirror. */
  readonly server: string;
  /** Runs one statement that only reads: on another connection, if the first one turns out to be broken. */
  read<Row extends object>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`, with `sslmode` and the like. */
  readonly url: string;
  /** Connections at a time. */
  readonly poolSize: number;
  readonly server: string;
  /** How long to wait for the answer to a statement, milliseconds; left out: for ever. */
  readonly answerTimeoutMs?: number | undefined;
  /** Called with errors of connections that nobody uses at the time. */
  readonly onConnectionError: (error: unknown) => void;
}

const CONNECTION_TIMEOUT_MS = 5000;
/** Then an unused connection is closed, which others may need. */
const IDLE_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_DELAY_MS = 10_000;
const INT8 = 20;

export function connect({
  url,
  poolSize,
  server,
  answerTimeoutMs,
  onConnectionError,
}: ConnectionOptions): Postgres {
  const pool = new pg.Pool({
    connectionString: requireTls(url),
    max: poolSize,
    application_name: 'flux-mirror',
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    ...(answerTimeoutMs === undefined ? {} : { query_timeout: answerTimeoutMs }),
    types: createTypeParsers(),
    // What is asked on a connection without waiting for the answers is sent at once.
    pipeline: true,
  });
  pool.on('error', onConnectionError);
  // Also while it is used: without a listener of its own, a connection that breaks in a transaction would end the process.
  pool.on('connect', (client) => void client.on('error', onConnectionError));
  const queryable = createQueryable(pool);
  return {
    ...queryable,
    pool,
    server,
    read: async (text, params) => {
      try {
        return await queryable.query(text, params);
      } catch (error) {
        if (!isConnectionLost(error)) throw error;
        return queryable.query(text, params);
      }
    },
    close: () => pool.end(),
  };
}

export function createQueryable(client: pg.Pool | pg.PoolClient): Queryable {
  return {
    query: async <Row extends object>(text: string, params: readonly unknown[] = []) =>
      (await client.query<Row>(text, params.map(prepareParam))).rows,
    execute: async (text, params = []) => (await client.query(text, params.map(prepareParam))).rowCount ?? 0,
    drizzle: drizzle({ client }),
  };
}

/** All of our whole numbers are below 2^53. Only for our own pool: other code may rely on texts. */
function createTypeParsers(): pg.CustomTypesConfig {
  const parsers = new pg.TypeOverrides();
  parsers.setTypeParser(INT8, Number);
  return parsers;
}
