/** Dates in English: `from March`, `3 days ago`, `on 3 May`, `last week`. */
import type { PlainDate } from '../temporal.ts';
import {
  type DatePhrase,
  readAgo,
  readDay,
  readLastNight,
  readMonth,
  readSince,
  readWeekday,
  readWeekend,
  readYear,
  type Unit,
} from './phrase.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const NUMBERS = [
  ...[
    'zero',
    'one',
    'two',
    'three',
    'four',
    'five',
    'six',
    'seven',
    'eight',
    'nine',
    'ten',
    'eleven',
    'twelve',
  ],
];
const UNITS: Readonly<Record<string, Unit>> = { hour: 'h', day: 'd', week: 'w', month: 'm', year: 'y' };

const MONTH =
  '(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
/** Whole names only: `in the sun` is no date. */
const WEEKDAY = '(?<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day)';
const DAY = '(?<day>\\d{1,2})(?:st|nd|rd|th)?';
const COUNT_WORDS = `\\d{1,3}|an?|a couple of|${NUMBERS.slice(1).join('|')}`;
const COUNT = `(?<count>${COUNT_WORDS})`;
const NAMED_YEAR = `(?:last|this|previous)\\s+year|(?:${COUNT_WORDS})\\s+years?\\s+ago`;
const YEAR = `(?<year>\\d{4}|${NAMED_YEAR})`;
/** Behind a day or month: `2026`, `, 2026`, `of last year`. */
const OF_YEAR = `(?:,|\\s+of|\\s+in)?\\s+(?:the\\s+)?${YEAR}`;
/** A month is all of it. */
const PART = '(?:early|mid|late|(?:beginning|start|middle|end)\\s+of)[\\s-]+';
const PAST = '(?:(?:over|within)\\s+(?:the\\s+)?)?(?:last|past)';
const UNIT = '(?<unit>hour|day|week|month|year)s?';

const getMonth = (name = ''): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
const getWeekday = (name = ''): number => WEEKDAYS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
const getUnit = (name = ''): Unit => UNITS[name.toLowerCase()] ?? 'd';

function getCount(text = ''): number {
  const word = text.toLowerCase();
  if (/^\d+$/.test(word)) return Number(word);
  if (word === 'a couple of') return 2;
  return Math.max(NUMBERS.indexOf(word), 1); // a, an
}

/** 2025, `last year`, `two years ago` */
function getYear(text: string | undefined, today: PlainDate): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const ago = /^(.+?)\s+years?\s+ago$/i.exec(text);
  if (ago) return today.year - getCount(ago[1]);
  return /^this/i.test(text) ? today.year : today.year - 1;
}

/** Only where one of the numbers tells which is the month. */
function readNumbers(first: number, second: number, year: number, today: PlainDate) {
  if (first > 12 || first === second) return readDay(first, second, year, today);
  return second > 12 ? readDay(second, first, year, today) : undefined;
}

/** Words before a date that say that it is one; `the` may follow. */
export const ENGLISH_PREPOSITIONS = {
  on: ['in', 'from', 'during', 'on'],
  after: ['since', 'after'],
  before: ['before', 'until', 'till'],
} as const;

export const ENGLISH_PHRASES: readonly DatePhrase[] = [
  {
    pattern: `(?:${PART})?${MONTH}${OF_YEAR}`,
    read: ({ month, year }, today) => readMonth(getMonth(month), getYear(year, today), today),
  },
  {
    pattern: `${DAY}\\s+(?:of\\s+)?${MONTH}(?:${OF_YEAR})?`,
    read: ({ day, month, year }, today) => readDay(Number(day), getMonth(month), getYear(year, today), today),
  },
  {
    pattern: `${MONTH}\\s+(?:the\\s+)?${DAY}(?:${OF_YEAR})?`,
    read: ({ day, month, year }, today) => readDay(Number(day), getMonth(month), getYear(year, today), today),
  },
  {
    pattern: `${YEAR}(?:,|\\s+in)?\\s+(?:${PART})?${MONTH}`,
    read: ({ year, month }, today) => readMonth(getMonth(month), getYear(year, today), today),
  },
  {
    pattern: `${PART}${MONTH}`,
    read: ({ month }, today) => readMonth(getMonth(month), undefined, today),
  },
  {
    pattern: `${PART}${YEAR}`,
    read: ({ year }, today) => readYear(getYear(year, today) ?? today.year, today),
  },
  {
    pattern: `(?<which>this|last)\\s+${MONTH}`,
    read: ({ which, month }, today) => {
      const number = getMonth(month);
      const isOver = which?.toLowerCase() === 'last' && number === today.month;
      return readMonth(number, isOver ? today.year - 1 : undefined, today);
    },
  },
  {
    pattern: `${PAST}\\s+${COUNT}\\s+${UNIT}`,
    read: ({ count, unit }) => readSince(getCount(count), getUnit(unit)),
  },
  {
    pattern: `within\\s+(?:the\\s+)?${COUNT}\\s+${UNIT}`,
    read: ({ count, unit }) => readSince(getCount(count), getUnit(unit)),
  },
  {
    pattern: `(?:over\\s+(?:the\\s+)?)?past\\s+${UNIT}`,
    read: ({ unit }) => readSince(1, getUnit(unit)),
  },
  {
    pattern: `${COUNT}\\s+${UNIT}\\s+ago`,
    read: ({ count, unit }, today) => readAgo(getCount(count), getUnit(unit), today),
  },
  {
    pattern: '(?<which>this|last|previous)\\s+(?<unit>week|month|year)',
    read: ({ which, unit }, today) => readAgo(which?.toLowerCase() === 'this' ? 0 : 1, getUnit(unit), today),
  },
  {
    pattern: '(?<which>this|last|past|previous)\\s+weekend',
    read: ({ which }, today) => readWeekend(which?.toLowerCase() === 'this' ? 0 : 1, today),
  },
  { pattern: 'last\\s+night', read: (_groups, today) => readLastNight(today) },
  { pattern: 'this\\s+(?:morning|afternoon|evening)', read: (_groups, today) => readAgo(0, 'd', today) },
  { pattern: 'day\\s+before\\s+yesterday', read: (_groups, today) => readAgo(2, 'd', today) },
  { pattern: 'yesterday', read: (_groups, today) => readAgo(1, 'd', today) },
  { pattern: 'today', read: (_groups, today) => readAgo(0, 'd', today) },
  {
    pattern: `last\\s+${WEEKDAY}`,
    read: ({ weekday }, today) => readWeekday(getWeekday(weekday), true, today),
  },
  {
    pattern: WEEKDAY,
    needsPreposition: true,
    read: ({ weekday }, today) => readWeekday(getWeekday(weekday), false, today),
  },
  {
    pattern: '(?<year>\\d{4})[-/.](?<month>\\d{1,2})[-/.](?<day>\\d{1,2})',
    read: ({ year, month, day }, today) => readDay(Number(day), Number(month), Number(year), today),
  },
  {
    pattern: '(?<day>\\d{1,2})\\.\\s?(?<month>\\d{1,2})\\.\\s?(?<year>\\d{4})',
    read: ({ year, month, day }, today) => readDay(Number(day), Number(month), Number(year), today),
  },
  {
    pattern: '(?<first>\\d{1,2})[-/](?<second>\\d{1,2})[-/](?<year>\\d{4})',
    read: ({ first, second, year }, today) => readNumbers(Number(first), Number(second), Number(year), today),
  },
  {
    pattern: '(?<year>\\d{4})-(?<month>\\d\\d)',
    read: ({ year, month }, today) => readMonth(Number(month), Number(year), today),
  },
  {
    pattern: '(?<year>\\d{4})[-/](?<month>\\d{1,2})',
    needsPreposition: true,
    read: ({ year, month }, today) => readMonth(Number(month), Number(year), today),
  },
  {
    pattern: MONTH,
    needsPreposition: true,
    read: ({ month }, today) => readMonth(getMonth(month), undefined, today),
  },
  {
    pattern: '(?<year>\\d{4})',
    needsPreposition: true,
    read: ({ year }, today) => readYear(Number(year), today),
  },
];
