/**
 * A process that drops statements and searches while garbage is collected (needs --expose-gc). A driver that does not fit
 * the running Node aborts it: better-sqlite3 12 on Node 24.19 and newer, whenever a collection finalizes a statement.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { readPrompts } from '../../helpers/prompts.ts';
import { searchRequest } from '../../helpers/search.ts';

const DROP_ROUNDS = 100;
const STATEMENTS_PER_ROUND = 100;
const SEARCHES_PER_COLLECTION = 100;

async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error('needs --expose-gc');
  await globalThis.gc({ type: 'major', execution: 'async' });
  await delay(1); // finalizers run between two tasks
}

async function dropStatements(): Promise<void> {
  for (let round = 0; round < DROP_ROUNDS; round += 1) {
    const db = new Database(':memory:');
    for (let n = 0; n < STATEMENTS_PER_ROUND; n += 1) db.prepare('SELECT 1').get();
    await delay(1);
    if (round % 10 === 9) await collectGarbage();
  }
}

async function search(count: number): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'flux-mirror-gc-'));
  const store = await openStore({ dataDir, clock: new ManualClock(), mode: 'owner' });
  const prompts = readPrompts().slice(0, 200);
  const ids = numberedIds(prompts.length);
  const documents = prompts.map((prompt, at) => document({ id: ids[at] ?? '', prompt }));
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
  const words = [...new Set(prompts.join(' ').match(/\p{L}{3,}/gu))];
  let found = 0;
  for (let n = 0; n < count; n += 1) {
    found += (await store.search(searchRequest(words[n % words.length] ?? ''))).hits.length;
    if (n % SEARCHES_PER_COLLECTION === 0) await collectGarbage();
  }
  await store.close();
  rmSync(dataDir, { recursive: true });
  if (found < count) throw new Error(`${found} hits of ${count} searches`);
}

const count = Number(process.argv[2]);
await dropStatements();
await search(count);
await collectGarbage();
process.stdout.write(`${DROP_ROUNDS * STATEMENTS_PER_ROUND} statements, ${count} searches\n`);
