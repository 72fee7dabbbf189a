/** Where a mirror is, for people. */
import type { StoreLocation } from './open-store.ts';

/** @throws OperatorError if the URL of its database can't be read */
export async function describePlace({ dataDir, databaseUrl }: StoreLocation): Promise<string> {
  if (databaseUrl === undefined) return dataDir;
  const { describeDatabase } = await import('../store/postgres/describe-database.ts');
  return `${describeDatabase(databaseUrl)}, files in ${dataDir}`;
}
