import { beforeEach, test } from 'vitest';
import { createTestDatabase, openPostgresTestStore } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { checkAgainstOracle, ORACLE_QUERIES } from '../../search/check-against-oracle.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

test(`${ORACLE_QUERIES} generated queries find in PostgreSQL exactly what a scan of all prompts finds, in the same order`, async () => {
  await checkAgainstOracle(await openPostgresTestStore(await createTestDatabase()));
}, 1_800_000);
