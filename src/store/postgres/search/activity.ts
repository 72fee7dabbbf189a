/** Sums up tasks and costs by period, from the days that are stored with the tasks. */
import { createQuery } from '../../../search/ast.ts';
import type { Activity, ActivityRequest } from '../../contract/activity.ts';
import type { Snapshot } from '../snapshot.ts';
import { sumStoredDays } from './stored-counts.ts';

export async function sumActivity(
  snapshot: Snapshot,
  { by, timeZone, ...filter }: ActivityRequest,
): Promise<Activity[]> {
  const request = { query: createQuery([]), filter, by, timeZone };
  const bars = await sumStoredDays(snapshot, request, { bounds: filter, measure: 'tasks' });
  const costs = await sumStoredDays(snapshot, request, { bounds: filter, measure: 'costs' });
  const costOf = new Map(costs.map(({ fromMs, count }) => [fromMs, count]));
  return bars.map((bar) => ({ ...bar, cost: costOf.get(bar.fromMs) ?? 0 }));
}
