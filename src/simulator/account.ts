/** The simulated account: its tasks, and their documents at a given time. */
import { generateHex, generateId } from './random.ts';

export interface NewTask {
  prompt: string;
  id?: string;
  model?: string;
  size?: string;
  action?: 'generate' | 'edit';
  count?: number;
  callbackUrl?: string;
  /** How long it stays pending from now. */
  durationMs?: number;
  createdAtMs?: number;
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
  readonly type: string | undefined;
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

const API_ID = 'deefc5d7-7f22-43e9-929e-f2b6afee60b7';
const USER_ID = 'ad7afe47-cea9-4cda-980f-2ad8810e51cf';
const APPLICATION_ID = '001c2f84-2a4a-4c4d-ba3f-8a89f43b5be2';
const CREDENTIAL_ID = 'b00bddd3-140f-4343-a9a2-affb312b60de';

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
  type?: string;
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
    type: head.type,
    text: () => text,
    isFinished: () => head.response !== undefined,
  };
}

/** A task that is pending until its duration has passed; from then on its text never changes. */
function createTimedTask(
  task: NewTask,
  { now, random, taskDurationMs, imageBase }: AccountOptions,
): AccountTask {
  const startedAtMs = now();
  const finishesAtMs = startedAtMs + (task.durationMs ?? taskDurationMs);
  const id = task.id ?? generateId(random);
  const count = task.count ?? 1;
  const head = {
    _id: generateHex(random, 24),
    id,
    api_id: API_ID,
    application_id: task.applicationId ?? APPLICATION_ID,
    created_at: (task.createdAtMs ?? startedAtMs) / 1000,
    credential_id: CREDENTIAL_ID,
    request: {
      action: task.action ?? 'generate',
      ...(task.model === undefined ? {} : { model: task.model }),
      size: task.size ?? '1024x1024',
      prompt: task.prompt,
      ...(count === 1 ? {} : { count }),
      ...(task.callbackUrl === undefined ? {} : { callback_url: task.callbackUrl }),
    },
    trace_id: generateId(random),
    user_id: task.userId ?? USER_ID,
  };
  const result = { task_id: id, trace_id: head.trace_id };
  const seeds = Array.from({ length: count }, () => Math.floor(random() * 2 ** 31));
  const inference = Math.round(2000 + random() * 3000) / 1000;

  const pending = JSON.stringify(head);
  let finished: string | undefined;
  const finish = () =>
    JSON.stringify({
      ...head,
      response: task.fails
        ? { success: false, ...result, error: task.fails }
        : {
            success: true,
            ...result,
            data: seeds.map((seed, at) => ({
              prompt: task.prompt,
              image_url: `${imageBase()}/images/${id}_${at}.png`,
              seed,
              timings: { inference },
            })),
          },
    });
  return {
    id,
    databaseId: head._id,
    createdAt: head.created_at,
    userId: head.user_id,
    applicationId: head.application_id,
    type: 'images',
    isFinished: () => now() >= finishesAtMs,
    text: () => {
      if (now() < finishesAtMs) return pending;
      finished ??= finish();
      return finished;
    },
  };
}
