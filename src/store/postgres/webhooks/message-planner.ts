/** Queues messages about finished tasks (see rules/message-plan.ts). */
import { createRandomKey } from '../../../lib/random-key.ts';
import type { TaskId } from '../../../task/id.ts';
import type { PlannedMessages, Webhook } from '../../contract/webhooks.ts';
import { HOUR_MS, nameMessage, planTaskMessages } from '../../rules/message-plan.ts';
import { readTaskIds } from '../../rules/webhook-row.ts';
import type { Queryable } from '../database.ts';
import { insertDeliveries, type NewDelivery } from './deliveries.ts';
import { type Digest, writeDigests } from './digests.ts';

/**
 * In a transaction that holds the ids and SAVED_SEARCH_LOCKS: queues what webhooks are told of finished tasks. Only of those that are
 * still to be looked at: several servers may have looked at the same ones, and one of them was first.
 */
export async function queueMessages(
  tx: Queryable,
  webhooks: readonly Webhook[],
  { finished, matches, nowMs }: PlannedMessages,
): Promise<void> {
  const left = new Set(await takeFinished(tx, finished));
  const created = await readCreationTimes(tx, [...left]);
  const candidates = webhooks.map((webhook) => ({
    webhook,
    ids: listMatches(webhook, matches).filter(
      (id) => left.has(id) && (created.get(id) ?? 0) > webhook.createdAtMs,
    ),
  }));
  const known = await readKnown(
    tx,
    candidates.flatMap(({ webhook, ids }) => ids.map((id) => nameMessage(webhook, id))),
  );
  const wanted = candidates
    .map(({ webhook, ids }) => ({ webhook, ids: ids.filter((id) => !known.has(nameMessage(webhook, id))) }))
    .filter(({ ids }) => ids.length > 0);
  const states = await readStates(
    tx,
    wanted.map(({ webhook }) => webhook.id),
    nowMs,
  );
  const added: NewDelivery[] = [];
  const extended: Digest[] = [];
  for (const { webhook, ids } of wanted) {
    const { open, sent } = states(webhook.id);
    const plan = planTaskMessages(ids, { open: open?.taskIds, sent });
    added.push(...createDeliveries(webhook, plan, nowMs));
    if (open && plan.extended) extended.push({ ...open, taskIds: plan.extended });
  }
  await insertDeliveries(tx, added);
  await writeDigests(tx, extended);
}

function listMatches({ savedSearchId }: Webhook, matches: PlannedMessages['matches']): readonly TaskId[] {
  return (savedSearchId === undefined ? undefined : matches.get(savedSearchId)) ?? [];
}

/** Ends that they are to be looked at. @returns those of which this was still so */
async function takeFinished(tx: Queryable, ids: readonly TaskId[]): Promise<TaskId[]> {
  const rows = await tx.query<{ id: TaskId }>(
    'DELETE FROM finished_tasks WHERE id = ANY($1::text[]) RETURNING id',
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Of those that are stored. */
async function readCreationTimes(
  { query }: Queryable,
  ids: readonly TaskId[],
): Promise<ReadonlyMap<TaskId, number>> {
  const rows = await query<{ id: TaskId; createdAt: number }>(
    'SELECT id, created_at AS "createdAt" FROM tasks WHERE id = ANY($1::text[])',
    [ids],
  );
  return new Map(rows.map(({ id, createdAt }) => [id, createdAt]));
}

/** Those of the messages that were queued before. */
async function readKnown({ query }: Queryable, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await query<{ id: string }>('SELECT id FROM webhook_deliveries WHERE id = ANY($1::text[])', [
    ids,
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** @returns the open digest of a webhook, and how many messages about one task it got in the last hour */
async function readStates(tx: Queryable, webhookIds: readonly string[], nowMs: number) {
  // A digest is open for an hour, and queued then: what is repeated before that is closed as well. What was claimed is not as it was
  // queued, and stays closed when the clock is set back. Locked, so that no server whose clock is ahead claims what is added to.
  const digests = await tx.query<{ id: string; webhookId: string; taskIds: string }>(
    `SELECT id, webhook_id AS "webhookId", task_ids AS "taskIds" FROM webhook_deliveries
     WHERE webhook_id = ANY($1::text[]) AND due_at > $2 AND due_at = queued_at AND attempts = 0 AND type = 'tasks.finished'
     ORDER BY created_at, arrival FOR UPDATE`,
    [webhookIds, nowMs],
  );
  const newest = new Map(digests.map((digest) => [digest.webhookId, digest]));
  const counts = await tx.query<{ webhookId: string; n: number }>(
    `SELECT webhook_id AS "webhookId", count(*) AS n FROM webhook_deliveries
     WHERE webhook_id = ANY($1::text[]) AND created_at > $2 AND created_at <= $3 AND type = 'task.finished'
     GROUP BY webhook_id`,
    [webhookIds, nowMs - HOUR_MS, nowMs],
  );
  const sent = new Map(counts.map(({ webhookId, n }) => [webhookId, n]));
  return (webhookId: string): { open: Digest | undefined; sent: number } => {
    const open = newest.get(webhookId);
    return {
      open: open && { ...open, taskIds: readTaskIds({ taskId: null, taskIds: open.taskIds }) },
      sent: sent.get(webhookId) ?? 0,
    };
  };
}

function createDeliveries(
  webhook: Webhook,
  { singles, digests }: Pick<ReturnType<typeof planTaskMessages>, 'singles' | 'digests'>,
  nowMs: number,
): NewDelivery[] {
  const common = { webhookId: webhook.id, createdAtMs: nowMs };
  return [
    ...singles.map((taskId) => ({
      ...{ ...common, id: nameMessage(webhook, taskId), type: 'task.finished' as const },
      ...{ taskId, dueAtMs: nowMs },
    })),
    ...digests.map((taskIds) => ({
      ...{ ...common, id: `msg_${createRandomKey()}`, type: 'tasks.finished' as const },
      ...{ taskIds, dueAtMs: nowMs + HOUR_MS },
    })),
  ];
}
