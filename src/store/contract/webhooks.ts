/**
 * Addresses that are told what happens: of each task that a saved search matches when it finishes, or of the mirror's health.
 * Each message is delivered at least once, under an id that stays the same.
 */
import type { TaskId } from '../../task/id.ts';
import type { MaybePromise } from './maybe-promise.ts';

export interface Webhook {
  /** A UUID. */
  readonly id: string;
  readonly url: string;
  /** Signs what is sent (see lib/standard-webhooks.ts). */
  readonly secret: string;
  /** Undefined: it is told of the mirror's health. */
  readonly savedSearchId: string | undefined;
  /** Increases with each change. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

export type NewWebhook = Pick<Webhook, 'id' | 'url' | 'secret' | 'savedSearchId'> & {
  readonly nowMs: number;
};

export type WebhookOutcome =
  | { readonly kind: 'changed'; readonly webhook: Webhook }
  /** `unknown`: there is no such webhook, or saved search. `full`: there are MAX_WEBHOOKS. `conflict`: another version. */
  | { readonly kind: 'unknown' | 'full' | 'conflict' };

/** Of one saved search, or of the mirror's health. */
export const MAX_WEBHOOKS = 10;

/** Messages about one task that a webhook gets in an hour; further tasks are collected in a digest. */
export const MAX_SINGLE_MESSAGES = 100;

/** That a webhook gets in an hour. */
export const MAX_TEST_MESSAGES = 30;

/** Of a digest: then another one begins. */
export const MAX_DIGEST_TASKS = 1000;

export type HealthEvent = 'mirror.failing' | 'mirror.recovered' | 'backup.failed';
export interface HealthMessage {
  readonly type: HealthEvent;
  readonly data: Readonly<Record<string, unknown>>;
}

/** `tasks.finished` is a digest. */
export type MessageType = 'task.finished' | 'tasks.finished' | 'test' | HealthEvent;

export interface WebhookDelivery {
  /** The `webhook-id` of the message. */
  readonly id: string;
  readonly webhookId: string;
  readonly type: MessageType;
  readonly taskIds: readonly TaskId[];
  /** Of a message about no task. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAtMs: number;
  /** Since when it is tried: when it was created, or repeated. */
  readonly queuedAtMs: number;
  /** Undefined: delivered, or given up. */
  readonly dueAtMs: number | undefined;
  readonly attempts: number;
  readonly deliveredAtMs: number | undefined;
  readonly lastError: string | undefined;
}

export interface DueDelivery extends WebhookDelivery {
  readonly url: string;
  readonly secret: string;
  /** Undefined for messages about the mirror's health. */
  readonly savedSearch: { readonly id: string; readonly name: string } | undefined;
}

/** Where a page of deliveries begins: after this one. */
export type DeliveryCursor = Pick<WebhookDelivery, 'createdAtMs' | 'id'>;

export type TestOutcome =
  | { readonly kind: 'queued'; readonly delivery: WebhookDelivery }
  | { readonly kind: 'unknown' }
  /** There were MAX_TEST_MESSAGES in the last hour; the next one may be sent then. */
  | { readonly kind: 'limited'; readonly untilMs: number };

/** Which webhooks are told of tasks that have finished. */
export interface PlannedMessages {
  /** Those that were looked at: they are not looked at again. */
  readonly finished: readonly TaskId[];
  /** Those of them that each saved search matches, by its id. */
  readonly matches: ReadonlyMap<string, readonly TaskId[]>;
  readonly nowMs: number;
}

export interface WebhookStore {
  /** The oldest first. */
  webhooks(): MaybePromise<Webhook[]>;
  webhook(id: string): MaybePromise<Webhook | undefined>;
  addWebhook(webhook: NewWebhook): MaybePromise<WebhookOutcome>;
  /** @param options.ifVersion the versions that the caller knows of; absent: whatever it is */
  changeWebhook(
    id: string,
    change: Pick<Webhook, 'url'>,
    options: { readonly nowMs: number; readonly ifVersion?: readonly number[] | undefined },
  ): MaybePromise<WebhookOutcome>;
  /** With its deliveries. False if it is unknown. */
  removeWebhook(id: string): MaybePromise<boolean>;
  /** Tasks that have finished and were not looked at yet, in that order (see `Batch.announces`). */
  finishedTasks(limit: number): MaybePromise<TaskId[]>;
  /** Queues the messages about finished tasks, each once, in one transaction. Webhooks are told only of tasks that were created after them. */
  planMessages(planned: PlannedMessages): MaybePromise<void>;
  /** Queues messages for all webhooks of the mirror's health, and sets a checkpoint, in one transaction. */
  announceHealth(announcement: {
    readonly messages: readonly HealthMessage[];
    readonly checkpoint: { readonly name: string; readonly text: string };
    readonly nowMs: number;
  }): MaybePromise<void>;
  /** Queues a message that says nothing. */
  addTestMessage(webhookId: string, nowMs: number): MaybePromise<TestOutcome>;
  /**
   * Claims due deliveries for `leaseMs`, one of each webhook, longest overdue first. What a wrong clock has queued far ahead is due.
   * @param request.busy webhooks that are left out
   */
  claimDeliveries(request: {
    nowMs: number;
    limit: number;
    leaseMs: number;
    busy: readonly string[];
  }): MaybePromise<DueDelivery[]>;
  recordDeliveryOutcome(
    id: string,
    end: { deliveredAtMs: number } | { dueAtMs: number | undefined; error: string },
  ): MaybePromise<void>;
  /** The newest first. @param after the last one of the page before; if it is gone, those of the same time may come again */
  deliveries(webhookId: string, limit: number, after?: DeliveryCursor): MaybePromise<WebhookDelivery[]>;
  /** Sends it again, under the same id. Undefined if there is no such delivery. */
  repeatDelivery(webhookId: string, id: string, nowMs: number): MaybePromise<WebhookDelivery | undefined>;
  /** Removes deliveries that were created before a time and are not due any more. */
  trimDeliveries(beforeMs: number): MaybePromise<void>;
}
