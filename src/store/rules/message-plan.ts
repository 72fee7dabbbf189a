/** Which messages a webhook gets about finished tasks: one for each, or beyond a number an hour a digest. */
import { createHash } from 'node:crypto';
import type { TaskId } from '../../task/id.ts';
import { MAX_DIGEST_TASKS, MAX_SINGLE_MESSAGES, type Webhook } from '../contract/webhooks.ts';

/** A digest is open for so long, and messages of so long are counted. */
export const HOUR_MS = 3_600_000;

export interface MessagePlan {
  /** A message about each. */
  readonly singles: readonly TaskId[];
  /** All tasks of the open digest, if some were added to it. */
  readonly extended: readonly TaskId[] | undefined;
  /** The tasks of further digests. */
  readonly digests: readonly (readonly TaskId[])[];
}

/**
 * @param ids those that the webhook is to be told of
 * @param open the tasks of its open digest; undefined: there is none
 * @param sent how many messages about one task it got in the last hour
 */
export function planTaskMessages(
  ids: readonly TaskId[],
  { open, sent }: { open: readonly TaskId[] | undefined; sent: number },
): MessagePlan {
  const left = open ? 0 : Math.max(0, MAX_SINGLE_MESSAGES - sent);
  const known = new Set(open);
  const added = ids.slice(left).filter((id) => !known.has(id));
  const fitting = open ? added.slice(0, Math.max(0, MAX_DIGEST_TASKS - open.length)) : [];
  const digests: (readonly TaskId[])[] = [];
  for (let at = fitting.length; at < added.length; at += MAX_DIGEST_TASKS)
    digests.push(added.slice(at, at + MAX_DIGEST_TASKS));
  return {
    singles: ids.slice(0, left),
    extended: open && fitting.length > 0 ? [...open, ...fitting] : undefined,
    digests,
  };
}

/** The same for a task that finishes once more after a restore: then the receiver can drop it. */
export function nameMessage({ id }: Pick<Webhook, 'id'>, taskId: TaskId): string {
  const hash = createHash('sha256').update(`${id}\n${taskId}`).digest('base64url');
  return `msg_${hash.slice(0, 32)}`;
}
