/**
 * Reads with several statements what belongs together: all of them see the same moment, and may be ended while they run. PostgreSQL ends
 * a statement at once when another connection asks for it.
 */
import pg from 'pg';
import { createQueryable, type Postgres, type Queryable } from './database.ts';
import { isConnectionLost } from './errors.ts';
import { rollBack } from './roll-back.ts';

export interface Snapshot extends Queryable {
  /** Throws when the work is to end. To be called now and then by work that takes long between two statements. */
  checkInterrupt(): void;
}

export interface SnapshotOptions {
  /** Throws when the work is to end; called while a statement runs. */
  readonly checkInterrupt?: (() => void) | undefined;
  /**
   * `pages`: few of many rows are wanted, in an order that the statements say how to read; the planner would rather read a table
   * as a whole, because it doesn't know how few. `totals`: all rows are.
   */
  readonly reads: 'pages' | 'totals';
}

const CHECK_EVERY_MS = 20;
/**
 * A read-only transaction at this level never fails because of others, and works on a replica. To compile a plan takes longer than
 * to run it. The process's number is that of the server's own, whatever a pooler in between says.
 */
const BEGIN = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL idle_in_transaction_session_timeout = '60s';`;
const SETTINGS = {
  pages: 'SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;',
  totals: "SET LOCAL work_mem = '32MB';",
} as const satisfies Record<SnapshotOptions['reads'], string>;

/** Runs work that only reads; once more on another connection if the first one turns out to be broken. */
export async function readSnapshot<T>(
  db: Postgres,
  options: SnapshotOptions,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  try {
    return await runOnce(db, options, work);
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
    return runOnce(db, options, work);
  }
}

async function runOnce<T>(
  db: Postgres,
  { checkInterrupt = () => undefined, reads }: SnapshotOptions,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  checkInterrupt();
  const client = await db.pool.connect();
  try {
    const results = await client.query<{ pid: number }>(
      `${BEGIN} ${SETTINGS[reads]} SELECT pg_backend_pid() AS pid`,
    );
    const pid = findPid(results);
    const { query, execute, drizzle } = createQueryable(client);
    const end = (statement: Promise<unknown>) => endWhenInterrupted(db, pid, { statement, checkInterrupt });
    const result = await work({
      query: async (text, params) => {
        const rows = query(text, params);
        await end(rows);
        return rows;
      },
      execute: async (text, params) => {
        const count = execute(text, params);
        await end(count);
        return count;
      },
      drizzle,
      checkInterrupt,
    } as Snapshot); // the rows are of the type that the caller says, as those of `Queryable`
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    await rollBack(client, error);
    throw error;
  }
}

/** Several statements in one have several results. */
function findPid(results: unknown): number {
  const last = ([results].flat() as pg.QueryResult<{ pid: number }>[]).at(-1); // as `pg` returns them
  return last?.rows[0]?.pid ?? 0;
}

/**
 * Waits for a statement, and ends it when it is to end.
 * @throws what `checkInterrupt` throws, after the statement has ended: its transaction must not be used by another one before
 */
async function endWhenInterrupted(
  db: Postgres,
  pid: number,
  { statement, checkInterrupt }: { statement: Promise<unknown>; checkInterrupt: () => void },
): Promise<void> {
  let interruption: { readonly reason: unknown } | undefined;
  let cancelling: Promise<void> | undefined;
  const timer = setInterval(() => {
    try {
      checkInterrupt();
    } catch (reason) {
      clearInterval(timer);
      interruption = { reason };
      cancelling = cancel(db, pid);
    }
  }, CHECK_EVERY_MS);
  try {
    await statement;
  } catch (error) {
    if (!interruption) throw error;
  } finally {
    clearInterval(timer);
    await cancelling; // until then the transaction stays open: nobody else's statement may be ended
  }
  if (interruption) throw interruption.reason;
}

/** On a connection of its own: all others may be busy with what is to end. If it fails, the statement runs to its end. */
async function cancel({ pool }: Postgres, pid: number): Promise<void> {
  const client = new pg.Client(pool.options);
  client.on('error', () => undefined); // the query below fails with it
  try {
    await client.connect();
    await client.query('SELECT pg_cancel_backend($1)', [pid]);
  } catch {
    // said above
  } finally {
    await client.end().catch(() => undefined);
  }
}
