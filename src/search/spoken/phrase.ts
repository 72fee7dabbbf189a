/** What the languages of spoken dates share: phrases as patterns, and dates without a year as the last ones that have begun. */
import { loadTemporal, type PlainDate } from '../temporal.ts';

/** How people say one kind of date. */
export interface DatePhrase {
  /** Source of a regular expression with named groups; every language has its own list, the longest first. */
  readonly pattern: string;
  /** Whether the phrase is a date only behind a preposition: `march` is also a word, and `from march` is not. */
  readonly needsPreposition?: boolean;
  /** @returns a date that `parseDate` reads, undefined when there is none (`30 February`, a year that has not begun) */
  read(groups: Readonly<Record<string, string | undefined>>, today: PlainDate): SpokenRange | undefined;
}

/** A period, or an open time that ends now. */
export interface SpokenRange {
  /** As `on:` (also `2026-03-14/2026-03-15`, both included) or, if `isSince`, `after:` takes it. */
  readonly value: string;
  readonly isSince?: boolean;
}

/** There are no tasks before; a year in a prompt is more often a style (`a street in 1980`). */
const FIRST_YEAR = 2015;
const SATURDAY = 6;
/** Units of time by their abbreviations, as in `7d`. */
export const UNITS = { h: 'hours', d: 'days', w: 'weeks', m: 'months', y: 'years' } as const;
export type Unit = keyof typeof UNITS;

/** A month; without a year, the last one that has begun. */
export function readMonth(month: number, year: number | undefined, today: PlainDate) {
  const chosen = year ?? (month <= today.month ? today.year : today.year - 1);
  return readPeriod(chosen, month, undefined, today);
}

/** A day; without a year, the last one that has begun. */
export function readDay(day: number, month: number, year: number | undefined, today: PlainDate) {
  const hasBegun = month < today.month || (month === today.month && day <= today.day);
  return readPeriod(year ?? (hasBegun ? today.year : today.year - 1), month, day, today);
}

/** A whole year. */
export function readYear(year: number, today: PlainDate) {
  return readPeriod(year, undefined, undefined, today);
}

function readPeriod(
  year: number,
  month: number | undefined,
  day: number | undefined,
  today: PlainDate,
): SpokenRange | undefined {
  if (year < FIRST_YEAR || year > today.year) return undefined;
  try {
    const date = loadTemporal().PlainDate.from(
      { year, month: month ?? 1, day: day ?? 1 },
      { overflow: 'reject' },
    );
    return { value: date.toString().slice(0, day !== undefined ? 10 : month !== undefined ? 7 : 4) };
  } catch {
    return undefined; // Temporal has no other way to check a date
  }
}

/** The day, week, month or year so long ago; for hours, the instant. */
export function readAgo(count: number, unit: Unit, today: PlainDate): SpokenRange {
  if (unit === 'h') return { value: `${count}h` };
  return { value: formatUnit(today.subtract({ [UNITS[unit]]: count }), unit) };
}

/** The time since then: `the last 3 days`. */
export function readSince(count: number, unit: Unit): SpokenRange {
  return { value: `${count}${unit}`, isSince: true };
}

/** The last day of the week with this number (1 is Monday) that has begun. @param isPast whether today is too late */
export function readWeekday(weekday: number, isPast: boolean, today: PlainDate): SpokenRange {
  const days = (today.dayOfWeek - weekday + 7) % 7;
  return { value: today.subtract({ days: days === 0 && isPast ? 7 : days }).toString() };
}

/**
 * A day of the week in this week or one before, which begin on Monday.
 * @param weekday 1 is Monday
 * @returns undefined if it has not begun
 */
export function readWeekdayOf(weekday: number, weeksAgo: number, today: PlainDate): SpokenRange | undefined {
  const day = getDayOfWeek(weekday, weeksAgo, today);
  return loadTemporal().PlainDate.compare(day, today) > 0 ? undefined : { value: day.toString() };
}

/** Saturday and Sunday of this week or one before; if they have not begun, those of the week before. */
export function readWeekend(weeksAgo: number, today: PlainDate): SpokenRange {
  const hasBegun = weeksAgo > 0 || today.dayOfWeek >= SATURDAY;
  const saturday = getDayOfWeek(SATURDAY, hasBegun ? weeksAgo : 1, today);
  return readDays(saturday, saturday.add({ days: 1 }));
}

/** The night to today: its evening and what was after midnight. */
export function readLastNight(today: PlainDate): SpokenRange {
  return readDays(today.subtract({ days: 1 }), today);
}

function getDayOfWeek(weekday: number, weeksAgo: number, today: PlainDate): PlainDate {
  return today.subtract({ days: today.dayOfWeek - weekday + weeksAgo * 7 });
}

/** Both included. */
function readDays(first: PlainDate, last: PlainDate): SpokenRange {
  return { value: `${first}/${last}` };
}

/** The period that contains a date; weeks as in ISO 8601. */
function formatUnit(date: PlainDate, unit: Exclude<Unit, 'h'>): string {
  const text = date.toString();
  if (unit === 'w') return `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`;
  return text.slice(0, { d: 10, m: 7, y: 4 }[unit]);
}
