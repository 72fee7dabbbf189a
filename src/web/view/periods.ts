/** The days and months that a chart shows, also those without tasks. */
import type { Period, PeriodList } from './status-data.ts';

const DAY_MS = 86_400_000;

/**
 * The last periods, oldest first, up to the one of now.
 * @param timeZone IANA name
 */
export function listLastPeriods(
  { by, items }: Pick<PeriodList, 'by' | 'items'>,
  count: number,
  { nowMs, timeZone }: { nowMs: number; timeZone: string },
): Period[] {
  const known = new Map(items.map((item) => [item.period, item]));
  const today = getDay(nowMs, timeZone);
  const names = by === 'day' ? listDays(today, count) : listMonths(today, count);
  return names.map((period) => known.get(period) ?? { period, count: 0, cost: null });
}

/** Whether any task has told its cost. */
export function hasCosts({ items }: Pick<PeriodList, 'items'>): boolean {
  return items.some(({ cost }) => (cost ?? 0) > 0);
}

/** The calendar day at an instant: `2026-11-26`. */
export function getDay(atMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', {
    ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  }).formatToParts(atMs);
  const find = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${find('year').padStart(4, '0')}-${find('month')}-${find('day')}`;
}

/** Counted in UTC, where every day has 24 hours. */
function listDays(today: string, count: number): string[] {
  const lastMs = Date.parse(`${today}T00:00:00Z`);
  return Array.from({ length: count }, (_, at) =>
    new Date(lastMs - (count - 1 - at) * DAY_MS).toISOString().slice(0, 10),
  );
}

function listMonths(today: string, count: number): string[] {
  const [year = 0, month = 1] = today.split('-').map(Number);
  return Array.from({ length: count }, (_, at) =>
    new Date(Date.UTC(year, month - 1 - (count - 1 - at), 1)).toISOString().slice(0, 7),
  );
}
