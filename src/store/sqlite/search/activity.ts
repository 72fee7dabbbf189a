/** Sums up tasks and costs by period, from the days that are stored with the tasks. */
import { createQuery } from '../../../search/ast.ts';
import { createPeriodFinder } from '../../../search/dates.ts';
import type { Activity, ActivityRequest } from '../../contract/activity.ts';
import type { HistogramBar } from '../../contract/search.ts';
import { sumDays } from '../../rules/day-histogram.ts';
import type { Measure } from '../../rules/stored-counts.ts';
import type { Sqlite } from '../database.ts';
import { compileWithoutTimes, createPartCounter, readDays } from './stored-counts.ts';

/** @param maxDisplacement how far a row's position may be above the slot of its time */
export function sumActivity(
  db: Sqlite,
  { by, timeZone, ...filter }: ActivityRequest,
  maxDisplacement: number,
): Activity[] {
  const sql = compileWithoutTimes(db, { query: createQuery([]), filter });
  const sum = (measure: Measure): HistogramBar[] =>
    // Days without costs need not be divided at the edges of periods, for which their tasks would be read.
    sumDays(
      readDays(db, sql, filter, measure).filter(({ count }) => count !== 0),
      filter,
      {
        findPeriod: createPeriodFinder(by, timeZone),
        countBetween: createPartCounter(db, sql, maxDisplacement, measure),
      },
    );
  // Both must be of the same moment.
  return db.raw.transaction(() => {
    const costs = new Map(sum('costs').map(({ fromMs, count }) => [fromMs, count]));
    return sum('tasks').map((bar) => ({ ...bar, cost: costs.get(bar.fromMs) ?? 0 }));
  })();
}
