/**
 * Seeds in a column of integers. Those beyond 2^53 are stored as text in a BLOB, which SQLite leaves as it is: some do not fit into
 * 64 bits, and JavaScript would round the others when it reads them.
 */
import type { Condition } from './filter-sql.ts';

/** @param seed decimal digits, as `TaskDocument.seed` */
export function encodeSeed(seed: string): number | Buffer {
  return Number.isSafeInteger(Number(seed)) ? Number(seed) : Buffer.from(seed);
}

/** @param column its SQL name @param seed decimal digits, perhaps behind a minus */
export function buildSeedCondition(column: string, seed: string): Condition {
  const value = BigInt(seed).toString(); // without leading zeros
  const type = Number.isSafeInteger(Number(value)) ? 'INTEGER' : 'BLOB';
  return { sql: `(${column} IS NOT NULL AND ${column} = CAST(? AS ${type}))`, params: [value] };
}
