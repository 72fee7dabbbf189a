/** A process that owns a data directory until it is killed, in the middle of its work. */
import { openStore } from '../../../src/store/sqlite/open.ts';
import { document, numberedIds } from '../../helpers/documents.ts';

const [dataDir = ''] = process.argv.slice(2);
const clock = { now: Date.now, monotonic: Date.now, sleep: async () => undefined };
const store = await openStore({ dataDir, clock, mode: 'owner' });
const [stored, claimed] = numberedIds(2);
await store.storeDocuments({ documents: [document({ id: stored })], requestSeq: 1, fetchedAtMs: 1 });
await store.track([claimed], 1);
await store.startRun({ trigger: 'schedule', startedAtMs: 1 });
await store.claimDue({ dueBeforeMs: 2, nowMs: Date.now(), limit: 1, leaseMs: 1e9 });
process.send?.('ready');
// The reference keeps the store, and with it the lock, from being garbage collected.
setInterval(() => store, 1000);
