/** The state of the mirror as JSON; the same for `/api/stats` and the `status` command. */
import type { Clock } from '../lib/clock.ts';
import { formatIsoTime } from '../lib/iso-time.ts';
import type { Store } from '../store/contract/store.ts';
import { readLastAnswer } from '../upstream/last-answer.ts';
import type { Status } from './status-schema.ts';

export async function readStatus({ store, clock }: { store: Store; clock: Clock }): Promise<Status> {
  const stats = await store.stats(clock.now());
  const circuit = await store.readCircuit(clock.now());
  const images = await store.imageStats();
  const { answered, failed } = await readLastAnswer(store);
  const times = { answered_at: formatIsoTime(answered), failed_at: formatIsoTime(failed) };
  const callbacks = await store.callbackStats();
  return {
    total: stats.total,
    by_state: stats.byState,
    oldest: formatIsoTime(stats.oldestMs),
    newest: formatIsoTime(stats.newestMs),
    tracked: stats.tracked,
    due: stats.due,
    given_up: stats.givenUp,
    disk_bytes: stats.diskBytes + images.bytes,
    database_bytes: stats.diskBytes,
    images: {
      archived: images.archived,
      bytes: images.bytes,
      wanted: images.wanted,
      given_up: images.givenUp,
      missing: await store.countMissingImages(),
      reasons: [...images.reasons],
    },
    callbacks: {
      waiting: callbacks.waiting,
      undelivered: callbacks.undelivered,
      delivered: callbacks.delivered,
      given_up: callbacks.givenUp,
      last_error: callbacks.lastError ?? null,
    },
    upstream: circuit
      ? {
          state: circuit.reason,
          until: formatIsoTime(circuit.untilMs),
          message: circuit.message,
          ...times,
        }
      : { state: 'ok', until: null, message: null, ...times },
  };
}
