/** `/api/tasks/:id/marks` and `POST /api/marks`: star, rating, tags, note, hidden. */
import { setImmediate } from 'node:timers/promises';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { ApiError, createBadRequest } from '../../lib/api-error.ts';
import { type Cursor, encodeCursor } from '../../search/cursor.ts';
import { splitIntoSteps } from '../../store/contract/mark-steps.ts';
import type { MarkOutcome, MarkRequest, TaskMarks } from '../../store/contract/marks.ts';
import type { TaskId } from '../../task/id.ts';
import type { JsonObject } from '../../task/json-object.ts';
import { serializeMarkChange } from '../../task/mark-change-json.ts';
import { invertMarkChange, type MarkChange, NO_MARKS } from '../../task/marks.ts';
import { serializeTaskMarks } from '../../views/marks-json.ts';
import type { MarkResult } from '../../views/marks-schema.ts';
import { readJsonBody } from '../body.ts';
import { watchLoss } from '../connections/hang-up.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { formatEntityTag, readExpectedVersions } from '../entity-tags.ts';
import { createTaskNotFound, findId } from '../find-task.ts';
import { convertToFields } from '../form-body.ts';
import { readMarkChange, readMarkItems } from '../mark-body.ts';
import { findSelectedIds } from '../selection/selected-ids.ts';
import { readSelection } from '../selection/selection.ts';
import { createSelectionDeps } from '../selection/selection-deps.ts';
import { getCaller } from './flux-tasks.ts';
import { parseIdParam } from './tasks.ts';

/** @param stopping aborted once the server accepts no new work */
export function createMarkRoutes(deps: ServerDeps, stopping: AbortSignal): Hono<ServerEnv> {
  const { store, clock } = deps;
  const app = new Hono<ServerEnv>();

  /** Placeholder tasks can be marked, too. @throws ApiError 404, 409 */
  const findMarkable = async (c: ServerContext): Promise<TaskId> => {
    const given = parseIdParam(c.req.param('id') ?? '');
    const id = await findId(store, given, getCaller(c), { onlyDocuments: false });
    if (id === undefined) throw createTaskNotFound();
    return id;
  };
  const respondWithMarks = (c: ServerContext, marks: TaskMarks) => {
    c.header('etag', formatEntityTag(marks.version));
    c.header('cache-control', 'no-cache');
    return c.json(serializeTaskMarks(marks));
  };

  app.get('/api/tasks/:id/marks', etag(), async (c) => {
    const id = await findMarkable(c);
    const [marks] = await store.marksOf([id]);
    return respondWithMarks(c, marks ?? { ...NO_MARKS, id, version: 0, changedAtMs: 0 });
  });

  app.patch('/api/tasks/:id/marks', async (c) => {
    const change = readMarkChange(await readJsonBody(c));
    const ifVersion = readExpectedVersions(c.req.header('if-match'));
    const request = { id: await findMarkable(c), change, ...(ifVersion ? { ifVersion } : {}) };
    const [outcome] = await store.mark([request], { nowMs: clock.now(), within: c.get('access').limits });
    switch (outcome?.kind) {
      case 'changed':
      case 'same':
        return respondWithMarks(c, outcome.marks);
      case 'conflict':
        throw new ApiError(412, 'conflict', 'these marks have been changed since: read them again');
      case 'refused':
        throw createBadRequest(outcome.reason);
      default:
        throw createTaskNotFound();
    }
  });

  app.post('/api/marks', async (c) => {
    const body = await readJsonBody(c);
    const { requests, total, next } = await readRequests(c, deps, body);
    // Each step is complete in itself, so a page that is closed, or a server that stops, leaves the others as they are.
    const signal = watchLoss(c.env, stopping);
    const options = { nowMs: clock.now(), within: c.get('access').limits };
    const result = await markInSteps((some) => store.mark(some, options), requests, signal);
    const seen = result.changed + result.unchanged + result.not_known.length + result.refused.length;
    const isWhole = seen === requests.length;
    return c.json({
      ...result,
      remaining: Math.max(0, total - seen),
      next_cursor: isWhole && next ? encodeCursor(next) : null,
    } satisfies MarkResult);
  });

  return app;
}

/** Tasks whose notes are changed at once: what they had before is part of the answer. */
const MAX_NOTED_IDS = 500;

interface Requests {
  readonly requests: readonly MarkRequest[];
  /** How many tasks are to be marked, now and by further requests. */
  readonly total: number;
  /** Where a further request goes on. */
  readonly next?: Cursor | undefined;
}

/** Either `items`, each with its own marks, or a selection and the marks of all. @throws ApiError 400, 409, 413 */
async function readRequests(c: ServerContext, deps: ServerDeps, body: JsonObject): Promise<Requests> {
  const { items, marks, ...rest } = body;
  if (items !== undefined) {
    if (marks !== undefined || Object.keys(rest).length > 0)
      throw createBadRequest('"items" stand alone: each has its own marks');
    const requests = readMarkItems(items);
    return { requests, total: requests.length };
  }
  if (marks === undefined) throw createBadRequest('"marks" must say what is to be changed');
  const change = readMarkChange(marks, 'marks');
  const selection = readSelection(convertToFields(rest), ['cursor']);
  const { ids, total, next } = await findSelectedIds(
    selection,
    createSelectionDeps(c, deps, deps.clock.now()),
    'marked',
  );
  if (change.note !== undefined && ids.length > MAX_NOTED_IDS)
    throw createBadRequest(`notes of at most ${MAX_NOTED_IDS} tasks are changed at once; these are ${total}`);
  return { requests: ids.map((id) => ({ id, change })), total, next };
}

type Outcomes = Omit<MarkResult, 'remaining' | 'next_cursor'>;

/** @param signal ends it after the step in progress */
async function markInSteps(
  mark: (requests: readonly MarkRequest[]) => MarkOutcome[] | Promise<MarkOutcome[]>,
  requests: readonly MarkRequest[],
  signal: AbortSignal,
): Promise<Outcomes> {
  const result: Omit<Outcomes, 'before'> = { changed: 0, unchanged: 0, not_known: [], refused: [] };
  const undo = createUndo();
  for (const step of splitIntoSteps(requests)) {
    if (signal.aborted) break;
    for (const [index, outcome] of (await mark(step)).entries()) {
      if (outcome.kind === 'unknown') result.not_known.push(outcome.id);
      else if (outcome.kind === 'refused') result.refused.push({ id: outcome.id, reason: outcome.reason });
      else if (outcome.kind === 'changed') {
        result.changed += 1;
        undo.add(outcome, step[index]?.change ?? {});
      } else result.unchanged += 1;
    }
    await setImmediate();
  }
  return { ...result, before: undo.list() };
}

/** Collects what takes changes back: tasks with the same are one item. */
function createUndo() {
  const groups = new Map<string, MarkResult['before'][number]>();
  return {
    add: ({ before, marks }: Extract<MarkOutcome, { kind: 'changed' }>, change: MarkChange): void => {
      const inverse = serializeMarkChange(invertMarkChange(before, marks, change));
      const key = JSON.stringify(inverse);
      const group = groups.get(key) ?? { ids: [] as TaskId[], marks: inverse };
      group.ids.push(marks.id);
      groups.set(key, group);
    },
    list: () => [...groups.values()],
  };
}
