/** `POST /api/forget`: removes a selection from this mirror; the upstream is not asked. */
import { setImmediate } from 'node:timers/promises';
import { Hono } from 'hono';
import { type RemoveDeps, removeTasks } from '../../archive/remove-task.ts';
import { createBadRequest } from '../../lib/api-error.ts';
import type { TaskId } from '../../task/id.ts';
import { requireFullAccess } from '../auth/auth.ts';
import { watchLoss } from '../connections/hang-up.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import type { ForgetResult } from '../forget-schema.ts';
import { readFormBody } from '../form-body.ts';
import { checkCount, countSelected, listTasks, type SelectionDeps } from '../selection/selected-tasks.ts';
import { MAX_IDS, readSelection, type SearchSelection } from '../selection/selection.ts';
import { createSelectionDeps } from '../selection/selection-deps.ts';

/** Tasks that are removed in one transaction, about 10 ms; then others may write. */
const STEP_SIZE = 50;

/** @param stopping aborted once the server accepts no new work */
export function createForgetRoutes(deps: ServerDeps, stopping: AbortSignal): Hono<ServerEnv> {
  const { store, archive, clock } = deps;

  return new Hono<ServerEnv>().post('/api/forget', requireFullAccess, async (c) => {
    const { fields } = await readFormBody(c);
    const selection = readSelection(fields);
    const isSearch = selection.kind === 'search';
    const ids = isSearch
      ? await findMatchingIds(selection, createSelectionDeps(c, deps, clock.now()))
      : selection.ids;
    const total = isSearch ? selection.count : ids.length;
    // Each step is complete in itself, so a page that is closed, or a server that stops, leaves the others as they are.
    const signal = watchLoss(c.env, stopping);
    const removed = await removeInSteps({ store, files: archive.files }, ids, signal);
    const remaining = total - removed.forgotten - removed.not_known.length;
    return c.json({ ...removed, remaining } satisfies ForgetResult);
  });
}

/**
 * The ids of the first matches.
 * @throws ApiError 409 when the search matches another number of tasks, 400 when a part of it was not understood: without that part
 *   it may match more than was meant
 */
async function findMatchingIds(selection: SearchSelection, deps: SelectionDeps): Promise<TaskId[]> {
  const {
    total,
    notes: [note],
  } = await countSelected(selection, deps);
  if (note !== undefined) throw createBadRequest(`nothing was removed: ${note}`);
  checkCount(selection, total);
  const ids: TaskId[] = [];
  for await (const page of listTasks(selection, deps)) {
    ids.push(...page.map(({ id }) => id));
    if (ids.length >= MAX_IDS) return ids.slice(0, MAX_IDS);
  }
  checkCount(selection, ids.length);
  return ids;
}

/** @param signal ends it after the step in progress */
async function removeInSteps(
  deps: RemoveDeps,
  ids: readonly TaskId[],
  signal: AbortSignal,
): Promise<Omit<ForgetResult, 'remaining'>> {
  const result = { forgotten: 0, images: 0, not_known: [] as TaskId[] };
  for (let at = 0; at < ids.length && !signal.aborted; at += STEP_SIZE) {
    const step = ids.slice(at, at + STEP_SIZE);
    const { unknown, images } = await removeTasks(deps, step);
    result.forgotten += step.length - unknown.length;
    result.images += images;
    result.not_known.push(...unknown);
    await setImmediate();
  }
  return result;
}
