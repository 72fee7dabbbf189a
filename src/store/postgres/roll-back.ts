/** Ends a transaction that has failed, and gives its connection back. */
import type pg from 'pg';
import { isConnectionLost } from './errors.ts';

/** A connection that is lost, or can't roll back, is not used again. @param error what the transaction failed with */
export async function rollBack(client: pg.PoolClient, error: unknown): Promise<void> {
  if (isConnectionLost(error)) return client.release(true);
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch {
    client.release(true); // the caller gets the first error
  }
}
