/**
 * Stores seeds in an integer column. Those beyond 2^53 are stored as text in a BLOB, which SQLite does not convert: some exceed
 * 64 bits, and JavaScript would round the others.
 */
import type { Condition } from './filter-sql.ts';

/** @param seed decimal digits, as `TaskDocument.seed` */
export function encodeSeed(seed: string): number | Buffer {
  return Number.isSafeInteger(Number(seed)) ? Number(seed) : Buffer.from(seed);
}

/** @param column its SQL name @param seed decimal digits with an optional minus sign */
export function buildSeedCondition(column: string, seed: string): Condition {
  const value = BigInt(seed).toString(); // without leading zeros
  const type = Number.isSafeInteger(Number(value)) ? 'INTEGER' : 'BLOB';
  return { sql: `(${column} IS NOT NULL AND ${column} = CAST(? AS ${type}))`, params: [value] };
}
