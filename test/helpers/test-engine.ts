/** The engine that tests of everything above the store run on: SQLite, or PostgreSQL with FLUX_MIRROR_TEST_STORE=postgres. */
import type { TestContext } from 'vitest';
import type { StoreLocation } from '../../src/app/open-store.ts';

export const IS_POSTGRES = process.env.FLUX_MIRROR_TEST_STORE === 'postgres';
/** The databases that stand for data directories. */
const databases = new Map<string, Promise<string>>();

/** Ends the running test, which is about the files of SQLite, if the engine is another one. */
export function requireSqlite({ skip }: Pick<TestContext, 'skip'>): void {
  if (IS_POSTGRES) skip('it is about the files of SQLite');
}

/** Where the mirror of a data directory is. */
export async function locateTestStore(dataDir: string): Promise<StoreLocation> {
  if (!IS_POSTGRES) return { dataDir, databaseUrl: undefined };
  const { createTestDatabase } = await import('./postgres.ts');
  const database = databases.get(dataDir) ?? createTestDatabase();
  databases.set(dataDir, database);
  return { dataDir, databaseUrl: await database };
}

/** What a command needs beside the data directory to find the mirror. */
export async function createEngineEnv(dataDir: string): Promise<Record<string, string>> {
  const { databaseUrl } = await locateTestStore(dataDir);
  return databaseUrl === undefined ? {} : { FLUX_MIRROR_DATABASE_URL: databaseUrl };
}
