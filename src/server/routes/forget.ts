/** `POST /api/forget`: removes a selection from this mirror; the upstream is not asked. */
import { setImmediate } from 'node:timers/promises';
import { Hono } from 'hono';
import { type RemoveDeps, removeTasks } from '../../archive/remove-task.ts';
import type { TaskId } from '../../task/id.ts';
import { requireFullAccess } from '../auth/auth.ts';
import { watchLoss } from '../connections/hang-up.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import type { ForgetResult } from '../forget-schema.ts';
import { readFormBody } from '../form-body.ts';
import { findSelectedIds } from '../selection/selected-ids.ts';
import { readSelection } from '../selection/selection.ts';
import { createSelectionDeps } from '../selection/selection-deps.ts';

/** Tasks that are removed in one transaction, about 10 ms; then others may write. */
const STEP_SIZE = 50;

/** @param stopping aborted once the server accepts no new work */
export function createForgetRoutes(deps: ServerDeps, stopping: AbortSignal): Hono<ServerEnv> {
  const { store, clock } = deps;

  return new Hono<ServerEnv>().post('/api/forget', requireFullAccess, async (c) => {
    const { fields } = await readFormBody(c);
    const { ids, total } = await findSelectedIds(
      readSelection(fields),
      createSelectionDeps(c, deps, clock.now()),
      'removed',
    );
    // Each step is complete in itself, so a page that is closed, or a server that stops, leaves the others as they are.
    const signal = watchLoss(c.env, stopping);
    const removed = await removeInSteps({ store }, ids, signal);
    const remaining = Math.max(0, total - removed.forgotten - removed.not_known.length);
    return c.json({ ...removed, remaining } satisfies ForgetResult);
  });
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
