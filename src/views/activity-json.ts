/** Tasks and costs over time as JSON. */
import { formatIsoTime } from '../lib/iso-time.ts';
import { formatPeriod } from '../search/dates.ts';
import type { Activity } from '../store/contract/activity.ts';
import { MILLIONTHS } from '../task/cost.ts';
import type { ActivityView } from './activity-schema.ts';

export function serializeActivity(
  periods: readonly Activity[],
  { by, timeZone }: { by: ActivityView['by']; timeZone: string },
): ActivityView {
  const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0);
  return {
    by,
    tz: timeZone,
    items: periods.map(({ fromMs, count, cost }) => ({
      period: formatPeriod(by, fromMs, timeZone),
      from: formatIsoTime(fromMs),
      count,
      cost: cost / MILLIONTHS,
    })),
    total: sum(periods.map(({ count }) => count)),
    cost: sum(periods.map(({ cost }) => cost)) / MILLIONTHS,
  };
}
