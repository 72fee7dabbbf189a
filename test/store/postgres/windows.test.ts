/** Searches among so many tasks that they are read in windows of time: what is found must not depend on those. */
import { beforeEach, expect, test } from 'vitest';
import type { SearchRequest } from '../../../src/store/contract/search.ts';
import type { Store } from '../../../src/store/contract/store.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { createTestDatabase, openPostgresTestStore } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { SEARCH_NOW, searchRequest } from '../../helpers/search.ts';
import { openSqliteTestStore } from '../../helpers/test-mirror.ts';

const TASKS = 7000;
const BATCH = 1000;
const PAGES = 3;
const HOUR = 3_600_000;

beforeEach((context) => requireOnMachine(context, 'postgres'));

type FilledStore = Pick<Store, 'storeDocuments' | 'search'>;

/** Words of each density, at both ends and in bursts. */
function createPrompt(at: number): string {
  return [
    'every',
    at % 2 === 0 ? 'half one' : 'one half',
    at % 12 === 0 ? 'twelfth' : '',
    at % 700 === 0 ? 'rare' : '',
    at > TASKS - 500 ? 'oldest' : '',
    at < 300 ? 'newest' : '',
    `prompt ${at % 900}`,
  ].join(' ');
}

async function fill(store: FilledStore): Promise<void> {
  const ids = numberedIds(TASKS);
  for (let from = 0; from < TASKS; from += BATCH) {
    const documents = ids.slice(from, from + BATCH).map((id, offset) => {
      const at = from + offset;
      // Dense at the new end; every tenth has the time of the one before.
      const createdAt = SEARCH_NOW / 1000 - Math.floor(at - (at % 10 === 9 ? 1 : 0)) ** 2 / 3;
      return document({ id, prompt: createPrompt(at), createdAt: Math.round(createdAt) });
    });
    await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: SEARCH_NOW });
  }
}

async function readPages(store: FilledStore, request: SearchRequest): Promise<unknown[]> {
  const pages: unknown[] = [];
  let after: SearchRequest['after'];
  for (let n = 0; n < PAGES; n += 1) {
    const page = await store.search({ ...request, ...(after ? { after } : {}) });
    const { hits, total, totalIsExact, next, ranked } = page;
    pages.push({ ids: hits.map(({ task }) => task.id), total, totalIsExact, next, ranked });
    if (!page.next) break;
    after = page.next;
  }
  return pages;
}

test('pages and totals are those of SQLite, whatever the density of a word is where a page begins', async () => {
  const sqlite = await openSqliteTestStore();
  const postgres = await openPostgresTestStore(await createTestDatabase());
  await Promise.all([fill(sqlite), fill(postgres)]);
  const middle = SEARCH_NOW - (TASKS / 2) ** 2 * 333;
  for (const text of [
    'every',
    '"half one"',
    'twelfth',
    'rare',
    'oldest',
    'newest',
    'rare twelfth',
    'half -twelfth',
    '"one rare"',
  ])
    for (const more of [
      { sort: 'newest' },
      { sort: 'oldest' },
      { sort: 'newest', limit: 700 },
      { sort: 'oldest', limit: 700, filter: { fromMs: middle } },
      { sort: 'newest', filter: { fromMs: middle, toMs: middle + 2000 * HOUR } },
      { sort: 'newest', groupByPrompt: true, limit: 300 },
      { sort: 'oldest', after: { sort: 'oldest', createdAtMs: middle, id: '' } },
    ] as const) {
      const request = searchRequest(text, more);
      expect({ text, more, pages: await readPages(postgres, request) }).toEqual({
        ...{ text, more, pages: await readPages(sqlite, request) },
      });
    }
}, 300_000);
