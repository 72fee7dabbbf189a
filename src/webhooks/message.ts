/** The text of a message, made when it is sent: a task that was forgotten meanwhile is not in it. */
import type { Message } from '../delivery/post-message.ts';
import { formatIsoTime } from '../lib/iso-time.ts';
import { signMessage } from '../lib/standard-webhooks.ts';
import type { Store } from '../store/contract/store.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import type { DueDelivery } from '../store/contract/webhooks.ts';
import { readDocument } from '../task/document.ts';
import type { TaskId } from '../task/id.ts';
import type { JsonObject } from '../task/json-object.ts';

const FORGOTTEN = { never: 'its task was forgotten' } as const;
/** Documents that are read at once to tell which tasks are still there. */
const PAGE_SIZE = 100;

/** @param nowMs of the attempt @throws StoreError */
export async function prepareMessage(
  store: Pick<Store, 'get' | 'getMany'>,
  delivery: DueDelivery,
  nowMs: number,
): Promise<Message | { readonly never: string }> {
  const data = await describe(store, delivery);
  if (data === undefined) return FORGOTTEN;
  const { id, type, createdAtMs, url, secret } = delivery;
  const body = JSON.stringify({ type, timestamp: formatIsoTime(createdAtMs), data });
  return {
    ...{ target: url, body, mediaType: 'application/json' },
    headers: signMessage(secret, { id, atMs: nowMs, body }),
  };
}

/** @returns undefined if all that it would tell of was forgotten */
async function describe(
  store: Pick<Store, 'get' | 'getMany'>,
  { type, taskIds, data, savedSearch }: DueDelivery,
): Promise<object | undefined> {
  const about = savedSearch ? { saved_search: savedSearch } : {};
  if (type === 'task.finished') {
    const [id] = taskIds;
    const task = id === undefined ? undefined : await store.get(id);
    return task && { ...about, task: describeTask(task) };
  }
  if (type !== 'tasks.finished') return { ...about, ...data };
  const known = await filterStored(store, taskIds);
  return known.length === 0 ? undefined : { ...about, count: known.length, task_ids: known };
}

function describeTask({ id, text, state, createdAtMs, fetchedAtMs }: StoredTask): object {
  const value = JSON.parse(text) as JsonObject; // validated before it was stored
  const { action, model, size, prompt } = readDocument(text, value, fetchedAtMs);
  return {
    ...{ id, created_at: formatIsoTime(createdAtMs), state },
    ...{ action: action ?? null, model: model ?? null, size: size ?? null, prompt },
  };
}

async function filterStored(store: Pick<Store, 'getMany'>, ids: readonly TaskId[]): Promise<TaskId[]> {
  const stored: TaskId[] = [];
  for (let at = 0; at < ids.length; at += PAGE_SIZE) {
    const page = await store.getMany(ids.slice(at, at + PAGE_SIZE));
    stored.push(...page.map(({ id }) => id));
  }
  return stored;
}
