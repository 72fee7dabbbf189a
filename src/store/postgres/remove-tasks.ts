/** Removes tasks with all that belongs to them. */
import type { TaskId } from '../../task/id.ts';
import type { TaskChange } from '../contract/changes.ts';
import type { ArchivedImage } from '../contract/images.ts';
import type { Removal } from '../contract/tasks.ts';
import { forgetCallbacks } from './callbacks.ts';
import type { Postgres, Queryable } from './database.ts';
import { lockImagesOf, removeUnusedImages, type UsedImage } from './images/queue.ts';
import { removeTracked } from './tracking.ts';
import { runInTransaction } from './transaction.ts';
import { forgetMessages } from './webhooks/finish-queue.ts';

interface PresentTask {
  readonly arrival: number;
  readonly id: TaskId;
  readonly createdAtMs: number;
  readonly userId: string | null;
  readonly applicationId: string | null;
}

/** Removes them in one transaction. @returns what became of each, as if they were removed one after the other */
export async function removeTasks(
  db: Postgres,
  ids: readonly TaskId[],
  { nowMs, onChange }: { nowMs: number; onChange: (change: TaskChange) => void },
): Promise<Removal[]> {
  if (ids.length === 0) return [];
  const { removals, present } = await runInTransaction(db, { ids, isRepeatable: true }, (tx) =>
    removeAll(tx, [...new Set(ids)], nowMs),
  );
  for (const task of present) onChange(describeRemoved(task));
  return ids.map((id) => {
    const removal = removals.get(id);
    removals.delete(id); // the second time, it is unknown
    return removal ?? { wasKnown: false, orphans: [] };
  });
}

async function removeAll(
  tx: Queryable,
  ids: readonly TaskId[],
  nowMs: number,
): Promise<{ removals: Map<TaskId, Removal>; present: PresentTask[] }> {
  const found = await tx.query<PresentTask>(
    `SELECT arrival, id, created_at AS "createdAtMs", user_id AS "userId", application_id AS "applicationId"
     FROM tasks WHERE id = ANY($1::text[])`,
    [ids],
  );
  const byId = new Map(found.map((task) => [task.id, task]));
  const present = ids.map((id) => byId.get(id)).filter((task) => task !== undefined);
  const keys = present.map(({ arrival }) => arrival);
  const used = await lockImagesOf(tx, keys);
  await tx.execute('DELETE FROM tasks WHERE arrival = ANY($1::bigint[])', [keys]);
  const unused = await removeUnusedImages(tx, [...new Set(used.map(({ image }) => image.sha256))], nowMs);
  await forgetMessages(tx, ids);
  await forgetCallbacks(tx, ids);
  await addTombstones(tx, ids);
  const tracked = await removeTracked(tx, ids);

  const orphansOf = assignOrphans(
    keys,
    used.filter(({ image }) => unused.has(image.sha256)),
  );
  const removals = ids.map((id): [TaskId, Removal] => {
    const key = byId.get(id)?.arrival;
    const orphans = key === undefined ? [] : (orphansOf.get(key) ?? []);
    return [id, { wasKnown: key !== undefined || tracked.has(id), orphans }];
  });
  return { removals: new Map(removals), present };
}

/** Each image goes with the last task that has it. @param keys of the tasks, in the order of their removal */
function assignOrphans(
  keys: readonly number[],
  unused: readonly UsedImage[],
): ReadonlyMap<number, readonly ArchivedImage[]> {
  const place = new Map(keys.map((key, at) => [key, at]));
  const last = new Map<string, UsedImage>();
  for (const used of unused) {
    const before = last.get(used.image.sha256);
    if (!before || (place.get(before.task) ?? 0) < (place.get(used.task) ?? 0))
      last.set(used.image.sha256, used);
  }
  const orphans = new Map<number, ArchivedImage[]>();
  for (const { task, image } of last.values()) orphans.set(task, [...(orphans.get(task) ?? []), image]);
  return orphans;
}

/** A response to a request that is under way must not bring them back. */
async function addTombstones(tx: Queryable, ids: readonly TaskId[]): Promise<void> {
  await tx.execute(
    `INSERT INTO removed (id, request_seq) SELECT id, nextval('request_seq') FROM unnest($1::text[]) AS gone (id)
     ON CONFLICT (id) DO UPDATE SET request_seq = excluded.request_seq`,
    [ids],
  );
}

function describeRemoved({ id, createdAtMs, userId, applicationId }: PresentTask): TaskChange {
  const owner = { userId: userId ?? undefined, applicationId: applicationId ?? undefined };
  return { kind: 'task', id, state: 'removed', createdAtMs, owner };
}
