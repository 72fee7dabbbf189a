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
  ])('%s', (query, as) => {
    const { words, as: readAs } = read(query);
    expect(readAs).toEqual([as]);
    expect(words.join(' ')).toMatch(/cat|[猫貓]|고 양 이|고양이/);
    expect(words.join(' ')).not.toMatch(/march|may|week|ago|day|month|year|月|天|周|週|年/i);
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
    "last week's cat",
    '三月兔',
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
    const phrases = ['from March', 'last week', '3 days ago', '去年', 'between March and May', 'since 2 May'];
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
        '三月',
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
  ['the last 3 days', '3d'],
])('the value %j is %s', (value, same) => {
  const parse = (text: string) => parseDate(text, 'UTC', CONTEXT.nowMs);
  expect(parse(value)).toEqual(parse(same));
  expect(parse(same)).toBeDefined();
});
