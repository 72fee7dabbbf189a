/**
 * Counts all prompts over time, each at its newest task, from the index of prompts alone: it has positions, which tell the time but for
 * the displacement of bursts. Only where that matters, at the edges of periods, times are read. A third of reading all tasks.
 */
import { createPeriodFinder, type TimeRange } from '../../../search/dates.ts';
import type { HistogramBar, HistogramRequest } from '../../contract/search.ts';
import { QUARTER_MS } from '../../rules/day-histogram.ts';
import { mergeBars, type QuarterRow, sumQuarters } from '../../rules/tally-facets.ts';
import type { Sqlite } from '../database.ts';
import { yieldUntilInterrupted } from '../interrupt.ts';
import { getSlotTimes } from '../position.ts';

/** @param maxDisplacement how far a row's position may be above the slot of its time */
export function countPrompts(
  db: Sqlite,
  request: Pick<HistogramRequest, 'by' | 'timeZone'>,
  maxDisplacement: number,
): HistogramBar[] {
  const findPeriod = createPeriodFinder(request.by, request.timeZone);
  const certain: { fromMs: number; count: number }[] = [];
  const uncertain: number[] = [];
  let period: TimeRange | undefined;
  for (const position of readNewestPositions(db)) {
    // The newest task is one of those that may be in the order of time behind that with the highest position.
    const earliestMs = getSlotTimes(position - maxDisplacement).fromMs;
    const latestMs = getSlotTimes(position).toMs - 1;
    if (!period || earliestMs >= period.toMs) period = findPeriod(earliestMs);
    if (latestMs >= period.toMs) uncertain.push(position);
    else certain.push({ fromMs: period.fromMs, count: 1 });
  }
  return mergeBars([...certain, ...sumQuarters(readQuarters(db, uncertain, maxDisplacement), request)]);
}

/** The highest position of each prompt, ascending. */
function readNewestPositions(db: Sqlite): Float64Array {
  const positions = db.raw
    .prepare<[], number>('SELECT max(position) FROM tasks INDEXED BY tasks_prompt GROUP BY prompt_hash')
    .pluck()
    .iterate();
  return Float64Array.from(yieldUntilInterrupted(db, positions)).sort();
}

/** When the newest tasks of prompts were created. @param positions the highest of each prompt */
function* readQuarters(
  db: Sqlite,
  positions: readonly number[],
  maxDisplacement: number,
): Generator<QuarterRow> {
  const readTime = db.raw
    .prepare<[number, number], number>(
      `SELECT max(other.created_at) FROM tasks AS other INDEXED BY tasks_prompt
       WHERE other.prompt_hash = (SELECT prompt_hash FROM tasks WHERE position = CAST(? AS INTEGER))
         AND other.position >= CAST(? AS INTEGER)`,
    )
    .pluck();
  for (const position of yieldUntilInterrupted(db, positions)) {
    const ms = readTime.get(position, position - maxDisplacement);
    if (ms !== undefined) yield [Math.floor(ms / QUARTER_MS), 1];
  }
}
