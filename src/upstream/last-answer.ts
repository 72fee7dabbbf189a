/** When the upstream last answered anything, persisted so that the `status` command can tell "fine" from "not asked yet". */
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';

const CHECKPOINT = 'upstream answered';
/** Written at most this often: it is information for people. */
const RECORD_INTERVAL_MS = 60_000;

export interface AnswerRecorderDeps {
  readonly store: Pick<Store, 'setCheckpoint'>;
  readonly clock: Clock;
}

/** @returns a function to call after every request, with its outcome: a status code if there was an answer */
export function createAnswerRecorder({ store, clock }: AnswerRecorderDeps): (outcome: string) => void {
  let recordedAtMs = Number.NEGATIVE_INFINITY;
  return (outcome) => {
    const nowMs = clock.monotonic();
    if (!/^\d+$/.test(outcome) || nowMs - recordedAtMs < RECORD_INTERVAL_MS) return;
    recordedAtMs = nowMs;
    const record = async () => store.setCheckpoint(CHECKPOINT, String(clock.now()));
    void record().catch(() => undefined); // a full disk is reported elsewhere, and must not fail the request
  };
}

/** @returns epoch milliseconds; undefined if it never answered */
export async function readLastAnswer(store: Pick<Store, 'readCheckpoint'>): Promise<number | undefined> {
  const text = await store.readCheckpoint(CHECKPOINT);
  return text === undefined ? undefined : Number(text);
}
