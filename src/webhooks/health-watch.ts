/** Tells webhooks when the mirror begins to fail, when it works again, and when a backup has failed. */
import { tryParseJson } from '../lib/parse-json.ts';
import type { Store } from '../store/contract/store.ts';
import type { HealthMessage } from '../store/contract/webhooks.ts';
import { getOwn, isObject } from '../task/json-object.ts';

export interface HealthDeps {
  readonly store: Pick<Store, 'announceHealth' | 'readCheckpoint'>;
  /** Human-readable; empty while all is well. */
  readonly listFailures: () => Promise<string[]>;
  /** Why the last backup failed; undefined if it did not. */
  readonly readBackupError: () => Promise<string | undefined>;
}

export interface Health {
  readonly failures: readonly string[];
  readonly backupError: string | undefined;
}

/** What was told last. */
export interface ToldHealth {
  readonly isFailing: boolean;
  readonly hasBackupFailed: boolean;
}

const CHECKPOINT = 'webhook health';

/**
 * Looks once. What it finds is recorded although there may be no webhook: one that is added during an outage is told of the recovery,
 * and of no failure that was found before.
 * @throws StoreError when it can't be recorded; then nobody is told, and the next call tries again
 */
export async function checkHealth(deps: HealthDeps, nowMs: number): Promise<void> {
  const { store, listFailures, readBackupError } = deps;
  const told = parseTold(await store.readCheckpoint(CHECKPOINT));
  const health = { failures: await listFailures(), backupError: await readBackupError() };
  const next = {
    isFailing: health.failures.length > 0,
    hasBackupFailed: health.backupError !== undefined,
  };
  if (next.isFailing === told.isFailing && next.hasBackupFailed === told.hasBackupFailed) return;
  await store.announceHealth({
    messages: listHealthMessages(told, health),
    checkpoint: { name: CHECKPOINT, text: JSON.stringify(next) },
    nowMs,
  });
}

/** What is to be told: only of the first failure in a row, and the recovery from it. */
export function listHealthMessages(
  told: ToldHealth,
  { failures, backupError }: Health,
): readonly HealthMessage[] {
  const messages: HealthMessage[] = [];
  if (failures.length > 0 && !told.isFailing)
    messages.push({ type: 'mirror.failing', data: { problems: failures } });
  if (failures.length === 0 && told.isFailing) messages.push({ type: 'mirror.recovered', data: {} });
  if (backupError !== undefined && !told.hasBackupFailed)
    messages.push({ type: 'backup.failed', data: { reason: backupError } });
  return messages;
}

/** What damage made unreadable counts as nothing told. */
function parseTold(text: string | undefined): ToldHealth {
  const value = tryParseJson(text ?? '{}');
  const told = isObject(value) ? value : {};
  return {
    isFailing: getOwn(told, 'isFailing') === true,
    hasBackupFailed: getOwn(told, 'hasBackupFailed') === true,
  };
}
