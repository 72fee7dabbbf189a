/** Dates as people say them, in queries and as values of operators. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDate } from '../../src/search/dates.ts';
import { parseQuery } from '../../src/search/parser.ts';

/** A Thursday. */
const CONTEXT = { timeZone: 'UTC', nowMs: Date.UTC(2026, 10, 26, 12) };

/** What is left as text, and how the rest was read. */
function read(query: string): { words: string[]; as: string[] } {
  const { parts, understood } = parseQuery(query, CONTEXT);
  const words = parts.flatMap((part) => (part.kind === 'phrase' ? [part.terms.join(' ')] : []));
  return { words, as: understood.map((one) => one.as) };
}

describe('in a query', () => {
  test.each([
    ['that cat picture from March', 'on:2026-03'],
    ['cat march 2026', 'on:2026-03'],
    ['cat in March 2026', 'on:2026-03'],
    ['cat in dec', 'on:2025-12'],
    ['cat in november', 'on:2026-11'],
    ['cat from the last week', 'on:2026-W47'],
    ['cat last week', 'on:2026-W47'],
    ['cat this week', 'on:2026-W48'],
    ['cat last month', 'on:2026-10'],
    ['cat last year', 'on:2025'],
    ['cat this year', 'on:2026'],
    ['cat in 2025', 'on:2025'],
    ['cat yesterday', 'on:2026-11-25'],
    ['cat from yesterday', 'on:2026-11-25'],
    ['cat from the day before yesterday', 'on:2026-11-24'],
    ['cat today', 'on:2026-11-26'],
    ['cat 3 days ago', 'on:2026-11-23'],
    ['cat three days ago', 'on:2026-11-23'],
    ['cat a week ago', 'on:2026-W47'],
    ['cat 2 months ago', 'on:2026-09'],
    ['cat on 3 May', 'on:2026-05-03'],
    ['cat on the 3rd of May', 'on:2026-05-03'],
    ['cat May 3rd', 'on:2026-05-03'],
    ['cat May 3, 2025', 'on:2025-05-03'],
    ['cat on 24 December', 'on:2025-12-24'],
    ['cat on Monday', 'on:2026-11-23'],
    ['cat last Thursday', 'on:2026-11-19'],
    ['cat last november', 'on:2025-11'],
    ['cat since March', 'after:2026-03'],
    ['cat before 2026', 'before:2026'],
    ['cat from the last 3 days', 'after:3d'],
    ['cat in the past 2 weeks', 'after:2w'],
    ['cat between March and May', 'after:2026-03 before:2026-06-01'],
    ['cat from March to May 2026', 'after:2026-03 before:2026-06-01'],
    ['cat from 2026/3', 'on:2026-03'],
    ['猫 三月', 'on:2026-03'],
    ['三月的猫', 'on:2026-03'],
    ['３月の猫', 'on:2026-03'],
    ['十二月的猫', 'on:2025-12'],
    ['2026年3月的猫', 'on:2026-03'],
    ['2026年3月5日 猫', 'on:2026-03-05'],
    ['三月五号的猫', 'on:2026-03-05'],
    ['昨天的猫', 'on:2026-11-25'],
    ['上个月的猫', 'on:2026-10'],
    ['上個月的貓', 'on:2026-10'],
    ['上周的猫', 'on:2026-W47'],
    ['去年的猫', 'on:2025'],
    ['三天前的猫', 'on:2026-11-23'],
    ['两周前的猫', 'on:2026-W46'],
    ['从三月开始的猫', 'after:2026-03'],
    ['最近三天的猫', 'after:3d'],
    ['先週の猫', 'on:2026-W47'],
    ['3日前の猫', 'on:2026-11-23'],
    ['昨日の猫', 'on:2026-11-25'],
    ['先月の猫', 'on:2026-10'],
    ['지난주 고양이', 'on:2026-W47'],
    ['어제의 고양이', 'on:2026-11-25'],
    ['3월 고양이', 'on:2026-03'],
    ['cat march last year', 'on:2025-03'],
    ['cat in march of last year', 'on:2025-03'],
    ['cat from last year in march', 'on:2025-03'],
    ['cat last year, march', 'on:2025-03'],
    ['cat in march two years ago', 'on:2024-03'],
    ['cat march 2 years ago', 'on:2024-03'],
    ['cat march of 2025', 'on:2025-03'],
    ['cat on march 3rd last year', 'on:2025-03-03'],
    ['cat on the 3rd of march of last year', 'on:2025-03-03'],
    ['cat early march', 'on:2026-03'],
    ['cat from the end of march 2025', 'on:2025-03'],
    ['cat mid-2025', 'on:2025'],
    ["last week's cat", 'on:2026-W47'],
    ['yesterday’s cat', 'on:2026-11-25'],
    ["last year's cat", 'on:2025'],
    ['cat last weekend', 'on:2026-11-21/2026-11-22'],
    ['cat from this weekend', 'on:2026-11-21/2026-11-22'],
    ['cat last night', 'on:2026-11-25/2026-11-26'],
    ['cat this morning', 'on:2026-11-26'],
    ['cat within 2 weeks', 'after:2w'],
    ['cat over the past month', 'after:1m'],
    ['cat over the last 3 days', 'after:3d'],
    ['cat since last weekend', 'after:2026-11-21/2026-11-22'],
    ['cat 2026-03-14', 'on:2026-03-14'],
    ['cat 2026/3/14', 'on:2026-03-14'],
    ['cat 2026-03', 'on:2026-03'],
    ['cat 14.3.2026', 'on:2026-03-14'],
    ['cat 3/14/2026', 'on:2026-03-14'],
    ['cat 14/3/2026', 'on:2026-03-14'],
    ['cat from november to january', 'after:2025-11 before:2026-02-01'],
    ['猫 去年三月', 'on:2025-03'],
    ['去年三月的猫', 'on:2025-03'],
    ['去年的三月 猫', 'on:2025-03'],
    ['今年三月的猫', 'on:2026-03'],
    ['前年3月5日的猫', 'on:2024-03-05'],
    ['上个月5号的猫', 'on:2026-10-05'],
    ['三月初的猫', 'on:2026-03'],
    ['3月下旬の猫', 'on:2026-03'],
    ['上周五的猫', 'on:2026-11-20'],
    ['上周一只猫', 'on:2026-W47'],
    ['上周日本的猫', 'on:2026-W47'],
    ['上个星期天的猫', 'on:2026-11-22'],
    ['上周末的猫', 'on:2026-11-21/2026-11-22'],
    ['昨天晚上的猫', 'on:2026-11-25/2026-11-26'],
    ['今天早上的猫', 'on:2026-11-26'],
    ['五月到七月的猫', 'after:2026-05 before:2026-08-01'],
    ['2025年3月至5月之间的猫', 'after:2025-03 before:2026-06-01'],
    ['昨年3月の猫', 'on:2025-03'],
    ['去年の3月の猫', 'on:2025-03'],
    ['先週の金曜日の猫', 'on:2026-11-20'],
    ['先週末の猫', 'on:2026-11-21/2026-11-22'],
    ['3月から5月までの猫', 'after:2026-03 before:2026-06-01'],
    ['작년 3월 고양이', 'on:2025-03'],
    ['지난주 금요일 고양이', 'on:2026-11-20'],
    ['지난 주말 고양이', 'on:2026-11-21/2026-11-22'],
    ['3월부터 5월까지 고양이', 'after:2026-03 before:2026-06-01'],
  ])('%s', (query, as) => {
    const { words, as: readAs } = read(query);
    expect(readAs).toEqual([as]);
    expect(words.join(' ')).toMatch(/cat|[猫貓]|고 양 이|고양이/);
    expect(words.join(' ')).not.toMatch(/march|may|week|ago|day|month|year|night|月|天|周|週|年|末|晚/i);
  });

  test.each([
    'cat march',
    'soldiers marching',
    'may flowers',
    'cat in the sun',
    'a man in 1980',
    'a city in 2077',
    '"from March"',
    'cat "3 days ago"',
    'cat 5/6/2026',
    'the ides of march',
    'late 1980 style',
    '三月兔',
    '日曜日の公園',
    'on the 30 February',
    'day and night',
    'before sunrise',
    'on top of the world',
    'the last supper',
    'model:march',
  ])('%s is text', (query) => {
    expect(read(query).as).toEqual([]);
  });

  test('a month that is a word is offered as a date', () => {
    expect(parseQuery('cat march', CONTEXT).notes).toEqual([
      '"march" was taken as a word; on:2026-03 is the month',
    ]);
    expect(parseQuery('the sun', CONTEXT).notes).toEqual([]);
  });

  test('says how each was read, as it was typed', () => {
    expect(parseQuery('cat from March OR dog', CONTEXT).understood).toEqual([
      { text: 'from March', as: 'on:2026-03' },
    ]);
    expect(parseQuery('-yesterday', CONTEXT).parts).toMatchObject([{ kind: 'not', part: { kind: 'time' } }]);
  });

  test('a reading is the same as what it says', () => {
    const phrases = [
      'from March',
      'last week',
      '3 days ago',
      '去年',
      'between March and May',
      'since 2 May',
      'last weekend',
    ];
    for (const phrase of phrases) {
      const { parts, understood } = parseQuery(phrase, CONTEXT);
      const [typed] = parts;
      const times = parseQuery(understood[0]?.as ?? '', CONTEXT).parts;
      expect(typed?.kind).toBe('time');
      for (const time of times)
        for (const [name, value] of Object.entries(time))
          if (value !== undefined) expect(typed, phrase).toMatchObject({ [name]: value });
    }
  });

  test('any text is parsed, and dates are never in quotes', () => {
    const piece = fc.constantFrom(
      ...[
        'from ',
        'the ',
        'last ',
        'March',
        '3 ',
        'days ago',
        'weekend',
        ' of ',
        'last year',
        '三月',
        '去年',
        '上周',
        '五',
        '到',
        '的',
        '年',
        '2026',
        ' to ',
        'between ',
        '"',
        ' ',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { understood } = parseQuery(pieces.join(''), CONTEXT);
        expect(parseQuery(`"${pieces.join('').replaceAll('"', '')}"`, CONTEXT).understood).toEqual([]);
        for (const { as } of understood) expect(parseQuery(as, CONTEXT).notes).toEqual([]);
      }),
    );
  });
});

test.each([
  ['march', '2026-03'],
  ['March 2025', '2025-03'],
  ['3 days ago', '2026-11-23'],
  ['last week', '2026-W47'],
  ['2026-W47', '2026-W47'],
  ['2026年3月', '2026-03'],
  ['昨天', 'yesterday'],
  ['2026-3', '2026-03'],
  ['2026/03', '2026-03'],
  ['2026/3/4', '2026-03-04'],
  ['last weekend', '2026-11-21/2026-11-22'],
  ['2026/2026-03', '2026-01/2026-03'],
  ['the last 3 days', '3d'],
])('the value %j is %s', (value, same) => {
  const parse = (text: string) => parseDate(text, 'UTC', CONTEXT.nowMs);
  expect(parse(value)).toEqual(parse(same));
  expect(parse(same)).toBeDefined();
});
