/** Dates in English: `from March`, `3 days ago`, `on 3 May`, `last week`. */
import {
  type DatePhrase,
  readAgo,
  readDay,
  readMonth,
  readSince,
  readWeekday,
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
const YEAR = '(?<year>\\d{4})';
const COUNT = `(?<count>\\d{1,3}|an?|a couple of|${NUMBERS.slice(1).join('|')})`;
const UNIT = '(?<unit>hour|day|week|month|year)s?';

const getMonth = (name = ''): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
const getWeekday = (name = ''): number => WEEKDAYS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
const getUnit = (name = ''): Unit => UNITS[name.toLowerCase()] ?? 'd';
const getNumber = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

function getCount(text = ''): number {
  const word = text.toLowerCase();
  if (/^\d+$/.test(word)) return Number(word);
  if (word === 'a couple of') return 2;
  return Math.max(NUMBERS.indexOf(word), 1); // a, an
}

/** Words before a date that say that it is one; `the` may follow. */
export const ENGLISH_PREPOSITIONS = {
  on: ['in', 'from', 'during', 'on'],
  after: ['since', 'after'],
  before: ['before', 'until', 'till'],
} as const;

export const ENGLISH_PHRASES: readonly DatePhrase[] = [
  {
    pattern: `${MONTH},?\\s+${YEAR}`,
    read: ({ month, year }, today) => readMonth(getMonth(month), getNumber(year), today),
  },
  {
    pattern: `${DAY}\\s+(?:of\\s+)?${MONTH}(?:,?\\s+${YEAR})?`,
    read: ({ day, month, year }, today) => readDay(Number(day), getMonth(month), getNumber(year), today),
  },
  {
    pattern: `${MONTH}\\s+(?:the\\s+)?${DAY}(?:,?\\s+${YEAR})?`,
    read: ({ day, month, year }, today) => readDay(Number(day), getMonth(month), getNumber(year), today),
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
    pattern: `(?:last|past)\\s+${COUNT}\\s+${UNIT}`,
    read: ({ count, unit }) => readSince(getCount(count), getUnit(unit)),
  },
  { pattern: `past\\s+${UNIT}`, read: ({ unit }) => readSince(1, getUnit(unit)) },
  {
    pattern: `${COUNT}\\s+${UNIT}\\s+ago`,
    read: ({ count, unit }, today) => readAgo(getCount(count), getUnit(unit), today),
  },
  {
    pattern: '(?<which>this|last|previous)\\s+(?<unit>week|month|year)',
    read: ({ which, unit }, today) => readAgo(which?.toLowerCase() === 'this' ? 0 : 1, getUnit(unit), today),
  },
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
    pattern: '(?<year>\\d{4})[-/](?<month>\\d{1,2})[-/](?<day>\\d{1,2})',
    needsPreposition: true,
    read: ({ year, month, day }, today) => readDay(Number(day), Number(month), Number(year), today),
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
  { pattern: YEAR, needsPreposition: true, read: ({ year }, today) => readYear(Number(year), today) },
];
