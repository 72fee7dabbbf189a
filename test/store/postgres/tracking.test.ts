import { beforeEach, expect, test } from 'vitest';
import type { Claim } from '../../../src/store/contract/tracking.ts';
import { numberedIds } from '../../helpers/documents.ts';
import {
  createEmptyDatabase,
  getDatabaseName,
  openPostgresTestStore,
  runSql,
} from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

const NOW = Date.UTC(2026, 2, 14, 12);

beforeEach((context) => requireOnMachine(context, 'postgres'));

test('of two results of one claim, the first one counts, in whichever order PostgreSQL joins them', async () => {
  const url = await createEmptyDatabase();
  const name = getDatabaseName(url);
  await runSql(url, `ALTER DATABASE ${name} SET enable_nestloop = off`);
  await runSql(url, `ALTER DATABASE ${name} SET enable_mergejoin = off`);
  const store = await openPostgresTestStore(url);
  await store.track(numberedIds(1), NOW);
  const [claim] = await store.claimDue({ dueBeforeMs: NOW, nowMs: NOW, limit: 1, leaseMs: 1000 });
  const end = { claim: claim as Claim, unknownSinceMs: undefined };
  await store.storeDocuments({
    documents: [],
    ...{ requestSeq: 1, fetchedAtMs: NOW },
    outcomes: [
      { ...end, dueAtMs: NOW + 50_000, error: 'first' },
      { ...end, dueAtMs: undefined, error: 'second' },
    ],
  });
  const { items } = await store.tracked({ limit: 1, offset: 0 });
  expect(items).toMatchObject([{ dueAtMs: NOW + 50_000, attempts: 1, lastError: 'first' }]);
});
