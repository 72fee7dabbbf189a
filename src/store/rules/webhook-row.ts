/** Rows of the tables of webhooks. */
import { tryParseJson } from '../../lib/parse-json.ts';
import { isWebhookSecret } from '../../lib/standard-webhooks.ts';
import { parseTargetUrl } from '../../lib/target-url.ts';
import { parseTaskId, type TaskId } from '../../task/id.ts';
import { isObject } from '../../task/json-object.ts';
import type { MessageType, Webhook, WebhookDelivery } from '../contract/webhooks.ts';
import { parseList } from './limit-columns.ts';

/** The columns of a webhook, in the table of any engine. */
export interface WebhookRow extends Pick<Webhook, 'id' | 'url' | 'secret' | 'version'> {
  readonly savedSearchId: string | null;
  readonly createdAt: number;
  readonly changedAt: number;
}

/** The columns of a delivery. */
export interface DeliveryRow {
  readonly id: string;
  readonly webhookId: string;
  readonly type: string;
  /** Of a message about one task. */
  readonly taskId: string | null;
  /** Of a message about several: a JSON array. */
  readonly taskIds: string;
  /** Of a message about no task: a JSON object. */
  readonly data: string;
  readonly createdAt: number;
  readonly queuedAt: number;
  readonly dueAt: number | null;
  readonly attempts: number;
  readonly deliveredAt: number | null;
  readonly lastError: string | null;
}

export function parseWebhookRow({ savedSearchId, createdAt, changedAt, ...same }: WebhookRow): Webhook {
  return {
    ...same,
    savedSearchId: savedSearchId ?? undefined,
    createdAtMs: createdAt,
    changedAtMs: changedAt,
  };
}

export function parseDeliveryRow(row: DeliveryRow): WebhookDelivery {
  const data = tryParseJson(row.data);
  return {
    id: row.id,
    webhookId: row.webhookId,
    type: row.type as MessageType, // as it was written
    taskIds: readTaskIds(row),
    data: isObject(data) ? data : {},
    createdAtMs: row.createdAt,
    queuedAtMs: row.queuedAt,
    dueAtMs: row.dueAt ?? undefined,
    attempts: row.attempts,
    deliveredAtMs: row.deliveredAt ?? undefined,
    lastError: row.lastError ?? undefined,
  };
}

/** What damage made unreadable is none. */
export function readTaskIds({ taskId, taskIds }: Pick<DeliveryRow, 'taskId' | 'taskIds'>): TaskId[] {
  const list = taskId === null ? (parseList(taskIds) ?? []) : [taskId];
  return list.map(parseTaskId).filter((id) => id !== undefined);
}

const TYPES: ReadonlySet<unknown> = new Set<MessageType>([
  'task.finished',
  'tasks.finished',
  'test',
  'mirror.failing',
  'mirror.recovered',
  'backup.failed',
]);

/** Whether a row of a foreign or damaged database is a webhook that this mirror could have stored. */
export function isWebhookRow({ url, secret }: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof url === 'string' &&
    'url' in parseTargetUrl(url) &&
    typeof secret === 'string' &&
    isWebhookSecret(secret)
  );
}

/** The same for a delivery. */
export function isDeliveryRow({ type, task_ids: taskIds, data }: Readonly<Record<string, unknown>>): boolean {
  return TYPES.has(type) && parseList(String(taskIds)) !== undefined && isObject(tryParseJson(String(data)));
}
