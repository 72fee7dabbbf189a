/** Ranges of dates as the address has them: `from` and `to` are years, months or days, both inclusive. */

export interface DateRange {
  readonly from: string;
  readonly to: string;
}

export const RANGES = ['today', 'week', 'month', 'thisYear', 'lastYear'] as const;
export type RangeName = (typeof RANGES)[number];

/** @param today `2026-11-26`, the reader's calendar day */
export function getNamedRange(name: RangeName, today: string): DateRange {
  const year = Number(today.slice(0, 4));
  switch (name) {
    case 'today':
      return { from: today, to: today };
    case 'week':
      return { from: addDays(today, -6), to: today };
    case 'month':
      return { from: addDays(today, -29), to: today };
    case 'thisYear':
      return { from: String(year), to: String(year) };
    case 'lastYear':
      return { from: String(year - 1), to: String(year - 1) };
  }
}

/** The calendar day of an instant. @param timeZone IANA name */
export function getCalendarDay(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit' },
  }).formatToParts(ms);
  const find = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${find('year').padStart(4, '0')}-${find('month')}-${find('day')}`;
}

/** The first day of a year, month or day; empty for anything else. */
export function getFirstDay(date: string): string {
  const [, year, month = '01', day = '01'] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(date) ?? [];
  return year === undefined ? '' : `${year}-${month}-${day}`;
}

/** The last day of a year, month or day; empty for anything else. */
export function getLastDay(date: string): string {
  const [, year, month = '12', day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(date) ?? [];
  if (year === undefined) return '';
  if (day !== undefined) return date;
  return new Date(Date.UTC(Number(year), Number(month), 0)).toISOString().slice(0, 10);
}

/** All months from the first to the last, `2026-03` … */
export function listMonths(first: string, last: string): string[] {
  const toNumber = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
  const [from, to] = [toNumber(first), toNumber(last)];
  if (!(to >= from)) return [];
  return Array.from({ length: to - from + 1 }, (_, at) => {
    const month = from + at;
    return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}

function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
