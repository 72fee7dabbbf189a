/**
 * When the upstream last answered, and when a request to it last failed without an answer; persisted so that the `status` command can
 * tell "fine" from "not asked yet" and from "never answers".
 */
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';

const CHECKPOINTS = { answered: 'upstream answered', failed: 'upstream failed' } as const;
type Kind = keyof typeof CHECKPOINTS;
/** Each is written at most this often: it is information for people. */
const RECORD_INTERVAL_MS = 60_000;
/** Outcomes of requests that were never sent. */
const NOT_SENT = new Set(['overloaded', 'abandoned']);

export interface AnswerRecorderDeps {
  readonly store: Pick<Store, 'setCheckpoint'>;
  readonly clock: Clock;
}

/** @returns a function to call after every request, with its outcome: a status code if there was an answer */
export function createAnswerRecorder({ store, clock }: AnswerRecorderDeps): (outcome: string) => void {
  const recordedAtMs = { answered: Number.NEGATIVE_INFINITY, failed: Number.NEGATIVE_INFINITY };
  return (outcome) => {
    if (NOT_SENT.has(outcome)) return;
    const kind: Kind = /^\d+$/.test(outcome) ? 'answered' : 'failed';
    const nowMs = clock.monotonic();
    if (nowMs - recordedAtMs[kind] < RECORD_INTERVAL_MS) return;
    recordedAtMs[kind] = nowMs;
    const record = async () => store.setCheckpoint(CHECKPOINTS[kind], String(clock.now()));
    void record().catch(() => undefined); // a full disk is reported elsewhere, and must not fail the request
  };
}

/** @returns epoch milliseconds of each; undefined if it never happened */
export async function readLastAnswer(
  store: Pick<Store, 'readCheckpoint'>,
): Promise<Record<Kind, number | undefined>> {
  const read = async (kind: Kind) => {
    const text = await store.readCheckpoint(CHECKPOINTS[kind]);
    return text === undefined ? undefined : Number(text);
  };
  return { answered: await read('answered'), failed: await read('failed') };
}
