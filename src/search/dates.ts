/**
 * Parses the dates of a search: `2026`, `2026-03`, `2026/3/14`, `2026-W12`, `2026-03/2026-05`, an ISO 8601 instant, `7d`, `24h`, `today`, `yesterday`,
 * `this week`, `last month` (a hyphen may replace the space), and what spoken/ knows: `3 days ago`, `May`, `2026年3月`.
 * A calendar value is the whole year, month or day in a time zone; everything is half-open, [from, to).
 */
import { convertFullWidth } from './fold.ts';
import { readSpokenDate } from './spoken/find-date.ts';
import { UNITS, type Unit } from './spoken/phrase.ts';
import { type DurationLike, loadTemporal, type PlainDate, type ZonedDateTime } from './temporal.ts';

/** Epoch milliseconds; [fromMs, toMs). For an instant both are equal. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Epoch milliseconds, [fromMs, toMs); undefined means unbounded. */
export interface TimeBounds {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

const CALENDAR = /^(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?$/;
const INTERVAL = /^(\d{4}(?:-\d\d){0,2})\/(\d{4}(?:-\d\d){0,2})$/;
const WEEK = /^(\d{4})-?w(\d\d)$/;
const AGO = /^(\d{1,5})([hdwmy])$/;
/** Without spaces, as operators take them. */
const NAMED = /^(this|last)-?(week|month|year)$/;

/**
 * Parses a date.
 * @param timeZone IANA name of the zone for calendar values
 * @param nowMs epoch milliseconds, for relative values
 * @returns undefined when the text is not a date
 */
export function parseDate(text: string, timeZone: string, nowMs: number): TimeRange | undefined {
  const value = text.trim().toLowerCase();
  const now = loadTemporal().Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone);
  return (
    parseRelativeDate(value, now) ??
    parseCalendarDate(value, timeZone) ??
    parseWeek(value, timeZone) ??
    parseInterval(value, timeZone) ??
    parseInstant(text.trim(), timeZone) ??
    parseSpoken(value, now)
  );
}

/** The calendar day of an instant in a time zone. */
export function getToday({ nowMs, timeZone }: { nowMs: number; timeZone: string }): PlainDate {
  return getPlainDate(nowMs, timeZone);
}

/** The intersection of all bounds; a bound that none of them has is omitted. */
export function intersectTimes(all: readonly Partial<TimeBounds>[]): { fromMs?: number; toMs?: number } {
  const from = all.map(({ fromMs }) => fromMs).filter((ms) => ms !== undefined);
  const to = all.map(({ toMs }) => toMs).filter((ms) => ms !== undefined);
  return {
    ...(from.length > 0 ? { fromMs: Math.max(...from) } : {}),
    ...(to.length > 0 ? { toMs: Math.min(...to) } : {}),
  };
}

/** Whether this system knows the IANA time zone name, or offset such as `+08:00`. */
export function isTimeZone(name: string): boolean {
  try {
    loadTemporal().Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false; // Temporal has no other way to check a name
  }
}

/** A calendar period. */
export type TimeUnit = 'day' | 'month' | 'year';

/** The calendar day that contains an instant. */
export function getCalendarDay(ms: number, timeZone: string): TimeRange {
  return getCalendarRange(getPlainDate(ms, timeZone), { days: 1 }, timeZone);
}

/**
 * Finds the calendar periods of ascending instants. Consecutive periods cost one conversion each, and empty ones are skipped: a
 * task of the year 9999 must not cost three million days.
 */
export function createPeriodFinder(unit: TimeUnit, timeZone: string): (ms: number) => TimeRange {
  const startOf = (date: PlainDate) => date.toZonedDateTime(timeZone).epochMilliseconds;
  const length = { [`${unit}s`]: 1 };
  let end: { readonly date: PlainDate; readonly ms: number } | undefined;
  const take = (fromMs: number, date: PlainDate): TimeRange => {
    const next = date.add(length);
    end = { date: next, ms: startOf(next) };
    return { fromMs, toMs: end.ms };
  };
  return (ms) => {
    if (end) {
      const next = take(end.ms, end.date);
      if (ms < next.toMs) return next;
    }
    const first = getFirstDay(unit, getPlainDate(ms, timeZone));
    return take(startOf(first), first);
  };
}

/** The start of the period that is `count` periods before the one that contains an instant; epoch milliseconds. */
export function findPeriodBefore(
  unit: TimeUnit,
  count: number,
  { ms, timeZone }: { ms: number; timeZone: string },
): number {
  const first = getFirstDay(unit, getPlainDate(ms, timeZone));
  return first.subtract({ [`${unit}s`]: count }).toZonedDateTime(timeZone).epochMilliseconds;
}

function getFirstDay(unit: TimeUnit, day: PlainDate): PlainDate {
  if (unit === 'year') return day.with({ month: 1, day: 1 });
  return unit === 'month' ? day.with({ day: 1 }) : day;
}

/** The calendar month of a text such as `2026-03`; undefined for anything else. */
export function parseMonth(text: string, timeZone: string): TimeRange | undefined {
  return /^\d{4}-\d\d$/.test(text) ? parseCalendarDate(text, timeZone) : undefined;
}

/** `2026-03-14`, `2026-03` or `2026`: the period that contains an instant. */
export function formatPeriod(unit: TimeUnit, ms: number, timeZone: string): string {
  return getPlainDate(ms, timeZone).toString().slice(0, { day: 10, month: 7, year: 4 }[unit]);
}

function parseRelativeDate(value: string, now: ZonedDateTime): TimeRange | undefined {
  const [, count, unit] = AGO.exec(value) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const then = now.subtract({ [UNITS[unit as Unit]]: Number(count) });
  return { fromMs: then.epochMilliseconds, toMs: then.epochMilliseconds };
}

function parseCalendarDate(value: string, timeZone: string): TimeRange | undefined {
  const [, year, month, day] = CALENDAR.exec(value) ?? [];
  if (year === undefined) return undefined;
  try {
    const first = loadTemporal().PlainDate.from(
      { year: Number(year), month: Number(month ?? 1), day: Number(day ?? 1) },
      { overflow: 'reject' },
    );
    const length = day !== undefined ? { days: 1 } : month !== undefined ? { months: 1 } : { years: 1 };
    return getCalendarRange(first, length, timeZone);
  } catch {
    return undefined; // an invalid day such as 2026-02-30
  }
}

/** A week of ISO 8601: the first one contains 4 January. */
function parseWeek(value: string, timeZone: string): TimeRange | undefined {
  const [, year, week] = WEEK.exec(value) ?? [];
  if (year === undefined) return undefined;
  const first = loadTemporal().PlainDate.from({ year: Number(year), month: 1, day: 4 });
  const monday = first.subtract({ days: first.dayOfWeek - 1 }).add({ weeks: Number(week) - 1 });
  const isOfYear = monday.weekOfYear === Number(week) && monday.yearOfWeek === Number(year);
  return isOfYear ? getCalendarRange(monday, { weeks: 1 }, timeZone) : undefined;
}

/** The first and the last of some years, months or days: `2026-03-14/2026-03-15`, as in ISO 8601-2. */
function parseInterval(value: string, timeZone: string): TimeRange | undefined {
  const [, first = '', last = ''] = INTERVAL.exec(value) ?? [];
  const [from, to] = [parseCalendarDate(first, timeZone), parseCalendarDate(last, timeZone)];
  return from && to && from.fromMs < to.toMs ? { fromMs: from.fromMs, toMs: to.toMs } : undefined;
}

/** A time up to now, as in `the last 3 days`, is read as its beginning. */
function parseSpoken(value: string, now: ZonedDateTime): TimeRange | undefined {
  const said = convertFullWidth(value).replace(NAMED, '$1 $2');
  const spoken = readSpokenDate(said, () => now.toPlainDate());
  // What is spoken is never the text that it is read as.
  return spoken === undefined || spoken === value
    ? undefined
    : parseDate(spoken, now.timeZoneId, now.epochMilliseconds);
}

function parseInstant(text: string, timeZone: string): TimeRange | undefined {
  const parsed =
    tryParse(() => loadTemporal().Instant.from(text).epochMilliseconds) ??
    tryParse(() =>
      /t/i.test(text)
        ? loadTemporal().PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds
        : undefined,
    );
  return parsed === undefined ? undefined : { fromMs: parsed, toMs: parsed };
}

function getPlainDate(ms: number, timeZone: string): PlainDate {
  return loadTemporal().Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDate();
}

function tryParse(parse: () => number | undefined): number | undefined {
  try {
    return parse();
  } catch {
    return undefined; // Temporal throws RangeError for invalid dates
  }
}

function getCalendarRange(first: PlainDate, length: DurationLike, timeZone: string): TimeRange {
  const startOf = (date: PlainDate) => date.toZonedDateTime(timeZone).epochMilliseconds;
  return { fromMs: startOf(first), toMs: startOf(first.add(length)) };
}
