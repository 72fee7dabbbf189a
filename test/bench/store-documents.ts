/** Fills a mirror through the store's own door. */
import { systemClock } from '../../src/lib/clock.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { parseDocument } from '../../src/task/document.ts';
import type { BenchDocument } from './dataset.ts';

export async function storeDocuments(dataDir: string, documents: readonly BenchDocument[]): Promise<void> {
  const store = await openStore({ dataDir, clock: systemClock, mode: 'owner' });
  await storeInto(store, documents);
  await store.close();
}

export async function storeInto(store: Store, documents: readonly BenchDocument[]): Promise<void> {
  for (let at = 0; at < documents.length; at += 500) {
    const now = systemClock.now();
    await store.storeDocuments({
      documents: documents.slice(at, at + 500).map(({ text }) => parseDocument(text, now)),
      requestSeq: await store.nextRequestSeq(),
      fetchedAtMs: now,
    });
  }
}
