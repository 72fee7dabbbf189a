/** Dates in Chinese (both scripts), Japanese and Korean, which stand in a run of characters: `三月的猫`, `先週の猫`, `지난주`. */
import type { PlainDate } from '../temporal.ts';
import { type DatePhrase, readAgo, readDay, readMonth, readSince, readYear, type Unit } from './phrase.ts';

const DIGITS = '〇一二三四五六七八九';
const CHINESE_NUMBER = '[一二两兩三四五六七八九]?十[一二三四五六七八九]?|[一二两兩三四五六七八九]';
const NUMBER = `\\d{1,3}|${CHINESE_NUMBER}`;
const YEAR = '(?<year>20\\d\\d)\\s?[年년]';
const MONTH = `(?<month>\\d{1,2}|十[一二]?|[一二三四五六七八九])\\s?[月월]份?`;
const DAY = `(?<day>\\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])\\s?[日号號일]`;
/** What may follow a month that stands alone: `三月兔` is a hare. */
const END_OF_MONTH = '(?=[的之のに에의中里裡以开開起]|から|まで|부터|까지|이후|이전|[^\\p{L}\\p{N}]|$)';

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
const readYearOf = ({ year }: Groups): number | undefined => (year === undefined ? undefined : Number(year));
const readDayOf = (groups: Groups, today: PlainDate) =>
  readDay(getNumber(groups.day), getNumber(groups.month), readYearOf(groups), today);
const readMonthOf = (groups: Groups, today: PlainDate) =>
  readMonth(getNumber(groups.month), readYearOf(groups), today);

/** What may stand before and behind a date in the same run, and belongs to it. */
export const EAST_ASIAN_AFFIXES = {
  before: '(?:在|从|從|自从|自從|自|于|於)?',
  after: '(?:的|之|の|に|에서|에|의)?',
  /** Makes it a beginning or an end. */
  since: '以来|以來|以后|以後|之后|之後|开始|開始|起|から|부터|이후',
  until: '以前|之前|まで|까지|이전',
} as const;

export const EAST_ASIAN_PHRASES: readonly DatePhrase[] = [
  ...UNITS.map(([words, unit]) => ago(words, unit)),
  ...UNITS.map(([words, unit]) => recent(words, unit)),
  { pattern: `${YEAR}\\s?${MONTH}\\s?${DAY}`, read: readDayOf },
  { pattern: `${YEAR}\\s?${MONTH}`, read: readMonthOf },
  { pattern: YEAR, read: ({ year }, today) => readYear(Number(year), today) },
  { pattern: `${MONTH}\\s?${DAY}`, read: readDayOf },
  { pattern: `${MONTH}${END_OF_MONTH}`, read: readMonthOf },
  named('一昨日|おととい|前天|그저께|그제', 2, 'd'),
  named('昨天|昨日|きのう|어제', 1, 'd'),
  named('今天|今日|きょう|오늘', 0, 'd'),
  named('先々週', 2, 'w'),
  named('上周|上週|上个?星期|上個星期|上个?礼拜|上個禮拜|先週|지난\\s?주|저번\\s?주', 1, 'w'),
  named('[这這本][周週]|[这這][个個]?星期|本星期|[这這][个個]?[礼禮]拜|今週|이번\\s?주', 0, 'w'),
  named('先々月', 2, 'm'),
  named('上[个個]?月|先月|지난\\s?달|저번\\s?달', 1, 'm'),
  named('[这這][个個]月|本月|今月|이번\\s?달', 0, 'm'),
  named('前年|一昨年|おととし|재작년', 2, 'y'),
  named('去年|昨年|작년|지난해', 1, 'y'),
  named('今年|올해', 0, 'y'),
];
