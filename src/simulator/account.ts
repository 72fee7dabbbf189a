/** The simulated account: its tasks, and their documents at a given time. */
import { createTaskDocuments } from './task-documents.ts';

export interface NewTask {
  prompt: string;
  /** Default: images. */
  kind?: 'images' | 'videos';
  id?: string;
  model?: string;
  size?: string;
  action?: string;
  count?: number;
  /** The image that is edited. */
  imageUrl?: string;
  /** Credits. */
  cost?: number;
  /** Further members of a video request. */
  request?: Readonly<Record<string, unknown>>;
  callbackUrl?: string;
  /** How long it stays pending from now. */
  durationMs?: number;
  createdAtMs?: number;
  /** It has ended, this long after `createdAtMs`. */
  tookMs?: number;
  fails?: { code: string; message: string };
  userId?: string;
  applicationId?: string;
}

export interface AccountTask {
  readonly id: string;
  readonly databaseId: string;
  readonly createdAt: number;
  readonly userId: string;
  readonly applicationId: string;
  readonly type: string;
  /** The exact text of the document as of now. */
  text(): string;
  isFinished(): boolean;
}

export interface Account {
  seed(documents: Iterable<string>): void;
  add(task: NewTask): AccountTask;
  get(id: string): AccountTask | undefined;
  remove(id: string): boolean;
  all(): IterableIterator<AccountTask>;
}

export interface AccountOptions {
  readonly now: () => number;
  readonly random: () => number;
  readonly taskDurationMs: number;
  /** Base URL of the images of finished tasks. */
  readonly imageBase: () => string;
}

export function createAccount(options: AccountOptions): Account {
  const tasks = new Map<string, AccountTask>();
  return {
    seed: (documents) => {
      for (const text of documents) {
        const task = createSeededTask(text);
        tasks.set(task.id, task);
      }
    },
    add: (request) => {
      const task = createTimedTask(request, options);
      tasks.set(task.id, task);
      return task;
    },
    get: (id) => tasks.get(id),
    remove: (id) => tasks.delete(id),
    all: () => tasks.values(),
  };
}

interface DocumentHead {
  id: string;
  _id?: string;
  created_at?: number;
  user_id?: string;
  application_id?: string;
  response?: unknown;
}

function createSeededTask(text: string): AccountTask {
  const head = JSON.parse(text) as DocumentHead;
  return {
    id: head.id,
    databaseId: head._id ?? '',
    createdAt: head.created_at ?? 0,
    userId: head.user_id ?? '',
    applicationId: head.application_id ?? '',
    type: text.includes('"video_url"') ? 'videos' : 'images',
    text: () => text,
    isFinished: () => head.response !== undefined,
  };
}

/** A task that is pending until its duration has passed; from then on its text never changes. */
function createTimedTask(
  task: NewTask,
  { now, random, taskDurationMs, imageBase }: AccountOptions,
): AccountTask {
  const addedAtMs = now();
  const createdAtMs = task.createdAtMs ?? addedAtMs;
  const startedAtMs = task.tookMs === undefined ? addedAtMs : createdAtMs;
  const finishesAtMs = startedAtMs + (task.tookMs ?? task.durationMs ?? taskDurationMs);
  const { id, databaseId, userId, applicationId, pending, finish } = createTaskDocuments(
    task,
    { createdAtMs, startedAtMs, finishesAtMs },
    random,
    imageBase,
  );
  let finished: string | undefined;
  return {
    id,
    databaseId,
    createdAt: createdAtMs / 1000,
    userId,
    applicationId,
    type: task.kind ?? 'images',
    isFinished: () => now() >= finishesAtMs,
    text: () => {
      if (now() < finishesAtMs) return pending;
      finished ??= finish();
      return finished;
    },
  };
}
