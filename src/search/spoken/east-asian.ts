/** Dates in Chinese (both scripts), Japanese and Korean, which stand in a run of characters: `三月的猫`, `先週の猫`, `지난주`. */
import type { PlainDate } from '../temporal.ts';
import {
  type DatePhrase,
  readAgo,
  readDay,
  readLastNight,
  readMonth,
  readSince,
  readWeekdayOf,
  readWeekend,
  readYear,
  type Unit,
} from './phrase.ts';

const DIGITS = '〇一二三四五六七八九';
const CHINESE_NUMBER = '[一二两兩三四五六七八九]?十[一二三四五六七八九]?|[一二两兩三四五六七八九]';
const NUMBER = `\\d{1,3}|${CHINESE_NUMBER}`;
const LAST_YEAR = '去年|昨年|작년|지난해';
const YEAR_BEFORE = '前年|一昨年|おととし|재작년';
const THIS_YEAR = '今年|올해';
const OF = '[的の의]?\\s?';
const YEAR = `(?<year>20\\d\\d\\s?[年년]|${LAST_YEAR}|${YEAR_BEFORE}|${THIS_YEAR})`;
const MONTH = `(?<month>\\d{1,2}|十[一二]?|[一二三四五六七八九])\\s?[月월]份?`;
/** Of a month, which is all of it. */
const PART = '(?:上旬|中旬|下旬|[初底末]|\\s?(?:초|중순|말))?';
const DAY = `(?<day>\\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])\\s?[日号號일]`;
const LAST_WEEK = '上周|上週|上个?星期|上個星期|上个?礼拜|上個禮拜|先週|지난\\s?주|저번\\s?주';
const THIS_WEEK = '[这這本][周週]|[这這][个個]?星期|本星期|[这這][个個]?[礼禮]拜|今週|이번\\s?주';
const LAST_MONTH = '上[个個]?月|先月|지난\\s?달|저번\\s?달';
const THIS_MONTH = '[这這][个個]月|本月|今月|이번\\s?달';
const WEEKDAYS = ['一月월', '二火화', '三水수', '四木목', '五金금', '六土토', '日天일'];
/** `上周一只猫` is one cat, and `上周日本` a country. */
const NO_COUNT = '(?![本只隻个個张張幅条條匹头頭位座朵辆輛片])';
const WEEKDAY = `(?:(?<weekday>[一二三四五六日天])${NO_COUNT}|(?<named>[月火水木金土日])曜日?|(?<korean>[월화수목금토일])요일)`;
/** Parts of a day, which are all of it. */
const TIME_OF_DAY = '(?:早上|上午|中午|下午|晚上|夜里|夜裡)?';
const END_OF_WEEK = '(?:[周週]?末|말)';
/** What may follow a month that stands alone: `三月兔` is a hare. */
const END_OF_MONTH =
  '(?=[的之のに에의中里裡以开開起]|から|まで|부터|까지|이후|이전|[到至~～–—-]\\s?[\\d一二三四五六七八九十]|[^\\p{L}\\p{N}]|$)';

/** 12, 十二, 两 … */
function getNumber(text = ''): number {
  if (/^\d+$/.test(text)) return Number(text);
  const digit = (char: string) => DIGITS.indexOf(char.replace(/[两兩]/, '二'));
  const [tens = '', ones] = text.split('十');
  if (ones === undefined) return digit(tens);
  return (tens === '' ? 1 : digit(tens)) * 10 + (ones === '' ? 0 : digit(ones));
}

/** A word for a period, counted back from now. */
const named = (pattern: string, count: number, unit: Unit): DatePhrase => ({
  pattern,
  read: (_groups, today) => readAgo(count, unit, today),
});

const ago = (units: string, unit: Unit): DatePhrase => ({
  pattern: `(?<count>${NUMBER})\\s?(?:${units})\\s?[之以]?[前전]`,
  read: ({ count }, today) => readAgo(getNumber(count), unit, today),
});

const recent = (units: string, unit: Unit): DatePhrase => ({
  pattern: `(?:最近|过去|過去|近|지난|최근)\\s?(?<count>${NUMBER})\\s?(?:${units})`,
  read: ({ count }) => readSince(getNumber(count), unit),
});

const UNITS: readonly (readonly [words: string, unit: Unit])[] = [
  ['小时|小時|时间|時間|시간', 'h'],
  ['天|日|일', 'd'],
  ['周|週間|週|个?星期|個星期|个?礼拜|個禮拜|주일?', 'w'],
  ['个月|個月|か月|ヶ月|カ月|ヵ月|ケ月|개월|달', 'm'],
  ['年|년', 'y'],
];

type Groups = Readonly<Record<string, string | undefined>>;

/** 2025年, 去年 … */
function getYear({ year }: Groups, today: PlainDate): number | undefined {
  if (year === undefined) return undefined;
  if (/^\d/.test(year)) return Number(year.slice(0, 4));
  const ago = [THIS_YEAR, LAST_YEAR, YEAR_BEFORE].findIndex((words) =>
    new RegExp(`^(?:${words})$`).test(year),
  );
  return today.year - ago;
}

const readDayOf = (groups: Groups, today: PlainDate) =>
  readDay(getNumber(groups.day), getNumber(groups.month), getYear(groups, today), today);
const readMonthOf = (groups: Groups, today: PlainDate) =>
  readMonth(getNumber(groups.month), getYear(groups, today), today);

/** A day of a month that is counted back from now. */
const dayOf = (month: string, monthsAgo: number): DatePhrase => ({
  pattern: `(?:${month})${OF}${DAY}`,
  read: ({ day }, today) => {
    const then = today.subtract({ months: monthsAgo });
    return readDay(getNumber(day), then.month, then.year, today);
  },
});

/** A day of a week that is counted back from now. */
const weekdayOf = (week: string, weeksAgo: number): DatePhrase => ({
  pattern: `(?:${week})${OF}${WEEKDAY}`,
  read: ({ weekday, named, korean }, today) => {
    const name = weekday ?? named ?? korean ?? '';
    return readWeekdayOf(WEEKDAYS.findIndex((names) => names.includes(name)) + 1, weeksAgo, today);
  },
});

const weekendOf = (week: string, weeksAgo: number): DatePhrase => ({
  pattern: `(?:${week})${END_OF_WEEK}`,
  read: (_groups, today) => readWeekend(weeksAgo, today),
});

/** What may stand before and behind a date in the same run, and belongs to it. */
export const EAST_ASIAN_AFFIXES = {
  before: '(?:在|从|從|自从|自從|自|于|於)?',
  after: '(?:的|之|の|に|에서|에|의)?',
  /** Makes it a beginning or an end. */
  since: '以来|以來|以后|以後|之后|之後|开始|開始|起|から|부터|이후',
  until: '以前|之前|まで|까지|이전',
} as const;

/** Between the first and the last of a span, and behind it. */
export const EAST_ASIAN_SPAN = {
  to: '\\s?(?:到|至|から|부터|[~～–—-])\\s?',
  end: '(?:之?[间間]|期[间間]|まで|까지)?',
} as const;

export const EAST_ASIAN_PHRASES: readonly DatePhrase[] = [
  ...UNITS.map(([words, unit]) => ago(words, unit)),
  ...UNITS.map(([words, unit]) => recent(words, unit)),
  { pattern: `${YEAR}${OF}${MONTH}\\s?${DAY}`, read: readDayOf },
  { pattern: `${YEAR}${OF}${MONTH}${PART}`, read: readMonthOf },
  { pattern: YEAR, read: (groups, today) => readYear(getYear(groups, today) ?? today.year, today) },
  { pattern: `${MONTH}\\s?${DAY}`, read: readDayOf },
  { pattern: `${MONTH}${PART}${END_OF_MONTH}`, read: readMonthOf },
  dayOf(LAST_MONTH, 1),
  dayOf(THIS_MONTH, 0),
  weekendOf(LAST_WEEK, 1),
  weekendOf(THIS_WEEK, 0),
  weekdayOf(LAST_WEEK, 1),
  weekdayOf(THIS_WEEK, 0),
  {
    pattern: '昨晚|昨夜|昨天(?:晚上|夜里|夜裡)|ゆうべ|어젯밤',
    read: (_groups, today) => readLastNight(today),
  },
  named(`一昨日|おととい|前天${TIME_OF_DAY}|그저께|그제`, 2, 'd'),
  named(`昨天${TIME_OF_DAY}|昨日|きのう|어제`, 1, 'd'),
  named(`今天${TIME_OF_DAY}|今早|今日|今朝|きょう|오늘`, 0, 'd'),
  named('先々週', 2, 'w'),
  named(LAST_WEEK, 1, 'w'),
  named(THIS_WEEK, 0, 'w'),
  named('先々月', 2, 'm'),
  named(LAST_MONTH, 1, 'm'),
  named(THIS_MONTH, 0, 'm'),
];
