/** Stores documents as the answer to one request. */
import type { Store } from '../../src/store/contract/store.ts';
import type { StoredBatch } from '../../src/store/contract/tasks.ts';
import type { TaskDocument } from '../../src/task/document.ts';
import { type DocumentOptions, document } from '../helpers/documents.ts';

export async function putDocuments(
  store: Store,
  documents: readonly (TaskDocument | DocumentOptions)[],
  fetchedAtMs: number,
): Promise<StoredBatch> {
  return store.storeDocuments({
    documents: documents.map((item) => ('text' in item ? (item as TaskDocument) : document(item))),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs,
  });
}
