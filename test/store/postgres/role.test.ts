import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { archivedImage, document, numberedIds } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { createEmptyDatabase, getDatabaseName, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { SEARCH_NOW, searchRequest } from '../../helpers/search.ts';

const [ID, OTHER_ID] = numberedIds(2);

let url: string;
beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  url = await createEmptyDatabase();
});

/** Makes a role that may do nothing yet. @returns the URL with it */
async function createRole(): Promise<{ role: string; own: string }> {
  const role = `${getDatabaseName(url)}_role_${Math.random().toString(36).slice(2)}`;
  await runSql(url, `CREATE ROLE ${role} LOGIN`);
  onTestFinished(async () => {
    const server = new URL('/postgres', url).href;
    await runSql(url, `REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}`);
    await runSql(server, `DROP ROLE ${role}`);
  });
  const own = new URL(url);
  own.username = role;
  return { role, own: own.href };
}

/** What a server does in a day. */
async function serve(own: string): Promise<void> {
  const store = await openPostgresStore({
    url: own,
    clock: new ManualClock(),
    kind: 'server',
  });
  try {
    const documents = [ID, OTHER_ID].map((id) => document({ id, prompt: 'a cat' }));
    await store.storeDocuments({
      documents,
      requestSeq: await store.nextRequestSeq(),
      fetchedAtMs: SEARCH_NOW,
    });
    await store.track(numberedIds(9), SEARCH_NOW);
    await store.claimDue({ dueBeforeMs: SEARCH_NOW, nowMs: SEARCH_NOW, limit: 2, leaseMs: 1 });
    await store.archiveImage({ taskId: ID, n: 0 }, archivedImage('aa'), SEARCH_NOW);
    await store.mark([{ id: ID, change: { starred: true, note: 'a note' } }], { nowMs: SEARCH_NOW });
    expect((await store.search(searchRequest('cat'))).total).toBe(2);
    expect((await store.findNearPrompts(ID))?.prompts).toEqual([]);
    await store.remove(OTHER_ID);
    await store.recordHeartbeat(SEARCH_NOW);
    expect(await store.stats(SEARCH_NOW)).toMatchObject({ total: 1 });
    expect(await store.audit()).toEqual([]);
  } finally {
    await store.close();
  }
}

describe('a role', () => {
  test('that owns the database, and is nothing else, makes the tables and serves', async () => {
    const { role, own } = await createRole();
    await runSql(url, `ALTER DATABASE ${getDatabaseName(url)} OWNER TO ${role}`);
    await serve(own);
  });

  test('that may only read and write rows serves a mirror whose tables are there', async () => {
    const { role, own } = await createRole();
    await (await openPostgresStore({ url, clock: new ManualClock(), kind: 'command' })).close();
    await runSql(
      url,
      `GRANT USAGE ON SCHEMA public TO ${role};
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role};
       GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${role}`,
    );
    await serve(own);
  });
});
