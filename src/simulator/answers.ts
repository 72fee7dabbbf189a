/** The simulated API's normal responses. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Account, AccountTask } from './account.ts';

export interface SimulatedAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Body = Readonly<Record<string, unknown>>;

const MAX_IDS = 50;
const DEFAULT_LIMIT = 20;

/** An error in the upstream's shape. */
export function createErrorAnswer(status: number, code: string, message: string): SimulatedAnswer {
  return {
    status,
    body: JSON.stringify({ success: false, error: { code, message }, trace_id: randomUUID() }),
  };
}

export function sendAnswer(response: ServerResponse, { status, body, headers }: SimulatedAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(body);
}

/** `POST /flux/tasks`. @param itemOrder `own`: batches are ordered by database id, as a document store would return them */
export function respondToTasks(account: Account, body: Body, itemOrder: 'own' | 'asked'): SimulatedAnswer {
  const action = body.action || 'retrieve';
  if (action === 'retrieve') {
    if (!body.id) return createErrorAnswer(400, 'bad_request', 'id is required');
    const task = account.get(String(body.id));
    return task ? { status: 200, body: task.text() } : createErrorAnswer(404, 'not_found', 'task not found');
  }
  if (action === 'retrieve_batch') {
    return Array.isArray(body.ids)
      ? answerBatch(account, body.ids.map(String), itemOrder)
      : answerList(account, body);
  }
  if (action === 'delete') {
    const deleted = account.remove(String(body.id));
    return { status: 200, body: JSON.stringify({ id: body.id, deleted }) };
  }
  return createErrorAnswer(400, 'bad_request', 'action is invalid');
}

function answerBatch(account: Account, ids: string[], itemOrder: 'own' | 'asked'): SimulatedAnswer {
  if (ids.length > MAX_IDS) return createErrorAnswer(400, 'bad_request', `at most ${MAX_IDS} ids`);
  const tasks = [...new Set(ids)].map((id) => account.get(id)).filter((task) => task !== undefined);
  if (itemOrder === 'own') tasks.sort((a, b) => (a.databaseId < b.databaseId ? 1 : -1));
  return formatItems(tasks, tasks.length);
}

function answerList(account: Account, body: Body): SimulatedAnswer {
  const matches = [...account.all()]
    .filter(
      (task) =>
        isWanted(body.user_id, task.userId) &&
        isWanted(body.application_id, task.applicationId) &&
        isWanted(body.type, task.type) &&
        task.createdAt >= Number(body.created_at_min ?? 0) &&
        task.createdAt <= Number(body.created_at_max ?? Number.POSITIVE_INFINITY),
    )
    .sort((a, b) => b.createdAt - a.createdAt);
  const offset = Number(body.offset ?? 0);
  return formatItems(matches.slice(offset, offset + Number(body.limit ?? DEFAULT_LIMIT)), matches.length);
}

/** Whether a filter of one value or several matches; an absent or empty one always does. */
function isWanted(filter: unknown, value: string): boolean {
  const values: unknown[] = Array.isArray(filter) ? filter : filter ? [filter] : [];
  return values.length === 0 || values.includes(value);
}

function formatItems(tasks: readonly AccountTask[], count: number): SimulatedAnswer {
  return { status: 200, body: `{"items":[${tasks.map((task) => task.text()).join(',')}],"count":${count}}` };
}

/** The response of a finished generation, which is also posted to `callback_url`. */
export function createGenerationAnswer(task: AccountTask): SimulatedAnswer {
  const { response } = JSON.parse(task.text()) as { response?: { success: boolean } };
  return { status: response?.success === false ? 400 : 200, body: JSON.stringify(response ?? {}) };
}
