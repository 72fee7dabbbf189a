import { beforeEach } from 'vitest';
import { createTestDatabase, openPostgresTestStore } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { describeStore } from '../conformance.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

describeStore('the PostgreSQL store keeps the contract', () => {
  const url = createTestDatabase();
  return async (as) => openPostgresTestStore(await url, as);
});
