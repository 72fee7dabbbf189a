/** Tells webhooks when the mirror begins to fail, when it works again, and when a backup has failed. */
import { tryParseJson } from '../lib/parse-json.ts';
import type { Store } from '../store/contract/store.ts';
import type { HealthMessage } from '../store/contract/webhooks.ts';
import { getOwn, getOwnObject, isObject } from '../task/json-object.ts';

export interface HealthDeps {
  readonly store: Pick<Store, 'announceHealth' | 'readCheckpoint' | 'takeTurn'>;
  /** Human-readable; empty while all is well. */
  readonly listFailures: () => Promise<string[]>;
  /** Why the last backup failed; undefined if it did not. */
  readonly readBackupError: () => Promise<string | undefined>;
}

export interface Health {
  readonly failures: readonly string[];
  readonly backupError: string | undefined;
}

/** What was told last of one thing that can fail. */
export interface Told {
  readonly isFailing: boolean;
  /** When its last recovery was told; epoch milliseconds. */
  readonly recoveredAtMs?: number | undefined;
  /** It failed again soon after that. */
  readonly isFlapping?: boolean | undefined;
  /** Since when it has been well again, while that is not told yet; epoch milliseconds. */
  readonly wellSinceMs?: number | undefined;
}

export interface ToldHealth {
  readonly mirror: Told;
  readonly backup: Told;
}

const CHECKPOINT = 'webhook health';
const TURN = 'watch the health';
/** When another server watches, after the one that did so has ended. */
const TURN_MS = 20_000;
/** What fails again so soon after its recovery is flapping. */
const FLAPPING_WINDOW_MS = 3_600_000;
/** What is flapping has recovered when it was well for so long: bounds messages to some 12 of a kind an hour. */
const SETTLE_MS = 300_000;

/**
 * Looks once. What it finds is recorded although there may be no webhook: one that is added during an outage is told of the recovery,
 * and of no failure that was found before.
 * @throws StoreError when it can't be recorded; then nobody is told, and the next call tries again
 */
export async function checkHealth(deps: HealthDeps, nowMs: number): Promise<void> {
  const { store, listFailures, readBackupError } = deps;
  // Several servers would tell the same, or contradict each other about what only one of them sees.
  if (!(await store.takeTurn(TURN, { nowMs, forMs: TURN_MS }))) return;
  const known = await store.readCheckpoint(CHECKPOINT);
  const told = parseTold(known);
  const health = { failures: await listFailures(), backupError: await readBackupError() };
  const next = {
    mirror: judge(told.mirror, health.failures.length > 0, nowMs),
    backup: judge(told.backup, health.backupError !== undefined, nowMs),
  };
  const text = JSON.stringify(next);
  if (text === (known ?? JSON.stringify(told))) return;
  await store.announceHealth({
    messages: listHealthMessages(told, next, health),
    checkpoint: { name: CHECKPOINT, text },
    nowMs,
  });
}

/** A failure counts at once, and so does a recovery; of what is flapping, when it has lasted. */
export function judge(told: Told, isFailing: boolean, nowMs: number): Told {
  if (isFailing && told.isFailing) return { isFailing, isFlapping: told.isFlapping };
  if (isFailing) {
    const { recoveredAtMs = Number.NEGATIVE_INFINITY } = told;
    return { isFailing, isFlapping: nowMs - recoveredAtMs < FLAPPING_WINDOW_MS };
  }
  if (!told.isFailing) return told;
  const wellSinceMs = Math.min(told.wellSinceMs ?? nowMs, nowMs); // the clock may have been set back
  const isSettled = !told.isFlapping || nowMs - wellSinceMs >= SETTLE_MS;
  return isSettled ? { isFailing, recoveredAtMs: nowMs } : { ...told, wellSinceMs };
}

/** What is to be told: only of the first failure in a row, and the recovery from it. */
function listHealthMessages(
  told: ToldHealth,
  next: ToldHealth,
  { failures, backupError }: Health,
): readonly HealthMessage[] {
  const messages: HealthMessage[] = [];
  if (next.mirror.isFailing && !told.mirror.isFailing)
    messages.push({ type: 'mirror.failing', data: { problems: failures } });
  if (!next.mirror.isFailing && told.mirror.isFailing) messages.push({ type: 'mirror.recovered', data: {} });
  if (next.backup.isFailing && !told.backup.isFailing)
    messages.push({ type: 'backup.failed', data: { reason: backupError } });
  return messages;
}

/** What damage made unreadable counts as nothing told. */
function parseTold(text: string | undefined): ToldHealth {
  const value = tryParseJson(text ?? '{}');
  const parse = (name: string): Told => {
    const told = isObject(value) ? getOwnObject(value, name) : undefined;
    const readTime = (member: string) => {
      const time = getOwn(told ?? {}, member);
      return typeof time === 'number' ? time : undefined;
    };
    return {
      isFailing: getOwn(told ?? {}, 'isFailing') === true,
      recoveredAtMs: readTime('recoveredAtMs'),
      isFlapping: getOwn(told ?? {}, 'isFlapping') === true,
      wellSinceMs: readTime('wellSinceMs'),
    };
  };
  return { mirror: parse('mirror'), backup: parse('backup') };
}
