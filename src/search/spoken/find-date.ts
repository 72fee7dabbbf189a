/** Finds dates as people say them in a typed query, outside quotes. */
import { loadTemporal, type PlainDate } from '../temporal.ts';
import { EAST_ASIAN_AFFIXES, EAST_ASIAN_PHRASES, EAST_ASIAN_SPAN } from './east-asian.ts';
import { ENGLISH_PHRASES, ENGLISH_PREPOSITIONS } from './english.ts';
import type { DatePhrase, SpokenRange } from './phrase.ts';

/** A date operator and its value. */
export interface DateOperator {
  readonly name: 'on' | 'after' | 'before';
  readonly value: string;
}

export interface SpokenDate {
  /** The offset behind it. */
  readonly end: number;
  readonly operators: readonly DateOperator[];
}

type Sense = DateOperator['name'];
/** Called only for what looks like a date: to find the day in a time zone takes longer than to read a query. */
type GetToday = () => PlainDate;

/** Words go on: `march` is no part of `marching`, but `last week` is one of `last week's`. */
const END_OF_WORD = "(?:['’]s)?(?![\\p{L}\\p{N}\\p{M}'’-])";
const toPattern = (source: string) => new RegExp(source, 'iuy');

const PREPOSITIONS = Object.entries(ENGLISH_PREPOSITIONS).map(
  ([sense, words]) => [sense as Sense, toPattern(`(?:${words.join('|')})\\s+(?:the\\s+)?`)] as const,
);
const ARTICLE = toPattern('(?:the\\s+)?');
const BETWEEN = toPattern('between\\s+(?:the\\s+)?');
const AND = toPattern('\\s+and\\s+(?:the\\s+)?');
const FROM = toPattern('from\\s+(?:the\\s+)?');
const TO = toPattern('\\s+(?:to|until|till|through)\\s+(?:the\\s+)?');
const ENGLISH = compile(ENGLISH_PHRASES, END_OF_WORD);
const EAST_ASIAN = compile(EAST_ASIAN_PHRASES, '');
const EAST_ASIAN_TO = toPattern(EAST_ASIAN_SPAN.to);
const EAST_ASIAN_SPAN_END = toPattern(EAST_ASIAN_SPAN.end);
const EAST_ASIAN_START = toPattern(EAST_ASIAN_AFFIXES.before);
const EAST_ASIAN_END = toPattern(EAST_ASIAN_AFFIXES.after);
const EAST_ASIAN_SINCE = toPattern(EAST_ASIAN_AFFIXES.since);
const EAST_ASIAN_UNTIL = toPattern(EAST_ASIAN_AFFIXES.until);

interface CompiledPhrase extends DatePhrase {
  readonly expression: RegExp;
}

interface Language {
  /** Matches where any of its phrases does, which is nowhere in most words. */
  readonly any: RegExp;
  readonly phrases: readonly CompiledPhrase[];
}

interface Found {
  readonly end: number;
  readonly range: SpokenRange;
}

/**
 * The date that begins at an offset, which must be the beginning of a word.
 * @param text with ASCII digits only
 */
export function findSpokenDate(text: string, at: number, getToday: GetToday): SpokenDate | undefined {
  return (
    findSpan(text, at, getToday, { start: BETWEEN, middle: AND }) ??
    findSpan(text, at, getToday, { start: FROM, middle: TO }) ??
    findEnglish(text, at, getToday) ??
    findEastAsian(text, at, getToday)
  );
}

/** A text that is a date as a whole, as the value of an operator. @returns what `parseDate` reads */
export function readSpokenDate(text: string, getToday: GetToday): string | undefined {
  const found =
    findPhrase(ENGLISH, text, matchAt(ARTICLE, text, 0) ?? 0, getToday, true) ??
    findPhrase(EAST_ASIAN, text, 0, getToday, true);
  return found && found.end === text.length ? found.range.value : undefined;
}

/** `between March and May`, `from March to May`. */
function findSpan(
  text: string,
  at: number,
  getToday: GetToday,
  { start, middle }: { start: RegExp; middle: RegExp },
): SpokenDate | undefined {
  const from = findAfter(start, text, at, getToday);
  const to = from && findAfter(middle, text, from.end, getToday);
  return to && createSpan(from, to);
}

/** Both included. The first is before the second: `from November to January` began a year before the last November. */
function createSpan(from: Found, to: Found): SpokenDate | undefined {
  const before = getNextPeriod(to.range.value);
  if (before === '') return undefined;
  const { value } = from.range;
  const after =
    value > to.range.value ? value.replace(/^\d{4}(?=-\d\d)/, (year) => String(Number(year) - 1)) : value;
  return {
    end: to.end,
    operators: [
      { name: 'after', value: after },
      { name: 'before', value: before },
    ],
  };
}

function findAfter(
  expression: RegExp,
  text: string,
  at: number,
  getToday: GetToday,
  language = ENGLISH,
): Found | undefined {
  const start = matchAt(expression, text, at);
  return start === undefined ? undefined : findPhrase(language, text, start, getToday, true);
}

function findEnglish(text: string, at: number, getToday: GetToday): SpokenDate | undefined {
  for (const [sense, expression] of PREPOSITIONS) {
    const found = findAfter(expression, text, at, getToday);
    if (found) return createDate(found, sense);
  }
  const found = findPhrase(ENGLISH, text, matchAt(ARTICLE, text, at) ?? at, getToday, false);
  return found && createDate(found, 'on');
}

function findEastAsian(text: string, at: number, getToday: GetToday): SpokenDate | undefined {
  const found =
    findPhrase(EAST_ASIAN, text, matchAt(EAST_ASIAN_START, text, at) ?? at, getToday, true) ??
    findPhrase(EAST_ASIAN, text, at, getToday, true);
  if (!found) return undefined;
  const to = findAfter(EAST_ASIAN_TO, text, found.end, getToday, EAST_ASIAN);
  const span = to && createSpan(found, { ...to, end: matchAt(EAST_ASIAN_SPAN_END, text, to.end) ?? to.end });
  if (span) return { ...span, end: matchAt(EAST_ASIAN_END, text, span.end) ?? span.end };
  const since = matchAt(EAST_ASIAN_SINCE, text, found.end);
  const until = matchAt(EAST_ASIAN_UNTIL, text, found.end);
  const end = since ?? until ?? found.end;
  const sense = since !== undefined ? 'after' : until !== undefined ? 'before' : 'on';
  return createDate({ ...found, end: matchAt(EAST_ASIAN_END, text, end) ?? end }, sense);
}

function createDate({ end, range }: Found, sense: Sense): SpokenDate {
  const name = range.isSince && sense === 'on' ? 'after' : sense;
  return { end, operators: [{ name, value: range.value }] };
}

function findPhrase(
  { any, phrases }: Language,
  text: string,
  at: number,
  getToday: GetToday,
  hasPreposition: boolean,
): Found | undefined {
  if (matchAt(any, text, at) === undefined) return undefined;
  for (const { expression, needsPreposition = false, read } of phrases) {
    if (needsPreposition && !hasPreposition) continue;
    expression.lastIndex = at;
    const match = expression.exec(text);
    const range = match && read(match.groups ?? {}, getToday());
    if (range) return { end: at + match[0].length, range };
  }
  return undefined;
}

/** @returns the offset behind a match at this offset */
function matchAt(expression: RegExp, text: string, at: number): number | undefined {
  expression.lastIndex = at;
  const match = expression.exec(text);
  return match ? at + match[0].length : undefined;
}

function compile(phrases: readonly DatePhrase[], end: string): Language {
  // A name may stand in one expression only once.
  const unnamed = phrases.map(({ pattern }) => pattern.replaceAll(/\(\?<\w+>/g, '(?:'));
  return {
    // The end stands in it once: to compile the classes of Unicode takes long.
    any: toPattern(`(?:${unnamed.join('|')})${end}`),
    phrases: phrases.map((phrase) => ({ ...phrase, expression: toPattern(`(?:${phrase.pattern})${end}`) })),
  };
}

/** The first day behind a day, month or year; empty for anything else. */
function getNextPeriod(value: string): string {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(value) ?? [];
  if (year === undefined) return '';
  const first = loadTemporal().PlainDate.from({
    year: Number(year),
    month: Number(month ?? 1),
    day: Number(day ?? 1),
  });
  const length = day !== undefined ? { days: 1 } : month !== undefined ? { months: 1 } : { years: 1 };
  return first.add(length).toString();
}
