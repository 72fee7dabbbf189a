/** Numbers, sizes and dates in the reader's language and time zone, and names for files. */
import type { Language } from './i18n/dictionary.ts';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', zh: 'zh-CN' };

export interface Formats {
  number(value: number): string;
  /** A share of 1 as a percentage with one decimal. */
  percent(share: number): string;
  /** `1.4 MB` */
  bytes(value: number): string;
  /** `14 Nov 2026, 18:42` */
  dateTime(iso: string | number): string;
  /** `14 November 2026` */
  date(iso: string | number): string;
  /** `14 Nov` */
  dayAndMonth(iso: string | number): string;
  /** `09:14` */
  time(iso: string | number): string;
  /** `November 2026`, of `2026-11` */
  month(month: string): string;
  /** `Nov 2026`, of `2026-11` */
  shortMonth(month: string): string;
  /** `Nov`, of `2026-11` */
  monthName(month: string): string;
  /** `14 Nov`, of `2026-11-14` */
  day(day: string): string;
  /** `12 seconds ago`, `in 3 seconds` @param seconds negative: in the past */
  relative(seconds: number): string;
  /** `6.4 s`, `2 min` */
  duration(seconds: number): string;
  /** Credits, with as many decimals as they need. */
  credits(amount: number): string;
  /** A sum of credits: `18.36` */
  sum(amount: number): string;
}

/**
 * Each format is made when it is first used: to make one takes as long as to use it a thousand times, and a page needs few.
 * @param timeZone IANA name; an unknown one counts as UTC
 */
export function createFormats(language: Language, timeZone: string): Formats {
  const locale = LOCALES[language];
  const getZone = createLazy(() => (isTimeZone(timeZone) ? timeZone : 'UTC'));
  const numbers = (options: Intl.NumberFormatOptions = {}) =>
    createLazy(() => new Intl.NumberFormat(locale, options));
  const zoned = (options: Intl.DateTimeFormatOptions) =>
    createLazy(() => new Intl.DateTimeFormat(locale, { ...options, timeZone: getZone() }));
  /** Of periods that have no time zone. */
  const plain = (options: Intl.DateTimeFormatOptions) =>
    createLazy(() => new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }));
  const whole = numbers();
  const oneDecimal = numbers({ maximumFractionDigits: 1 });
  const percent = numbers({ style: 'percent', maximumFractionDigits: 1 });
  const amount = numbers({ minimumFractionDigits: 2, maximumFractionDigits: 4 });
  const sum = numbers({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const dateTime = zoned({
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  const date = zoned({ day: 'numeric', month: 'long', year: 'numeric' });
  const dayAndMonth = zoned({ day: 'numeric', month: 'short' });
  const time = zoned({ hour: '2-digit', minute: '2-digit' });
  const month = plain({ month: 'long', year: 'numeric' });
  const shortMonth = plain({ month: 'short', year: 'numeric' });
  const monthName = plain({ month: 'short' });
  const day = plain({ day: 'numeric', month: 'short' });
  const relative = createLazy(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  const startOf = (yearAndMonth: string) => new Date(`${yearAndMonth}-01T00:00:00Z`);
  return {
    number: (value) => whole().format(value),
    percent: (share) => percent().format(share),
    bytes: (value) => {
      const [size, unit] = scaleBytes(value);
      return `${oneDecimal().format(size)} ${unit}`;
    },
    dateTime: (iso) => dateTime().format(new Date(iso)),
    date: (iso) => date().format(new Date(iso)),
    dayAndMonth: (iso) => dayAndMonth().format(new Date(iso)),
    time: (iso) => time().format(new Date(iso)),
    month: (text) => month().format(startOf(text)),
    shortMonth: (text) => shortMonth().format(startOf(text)),
    monthName: (text) => monthName().format(startOf(text)),
    day: (text) => day().format(new Date(`${text}T00:00:00Z`)),
    relative: (seconds) => {
      const [value, unit] = scaleSeconds(seconds);
      return relative().format(value, unit);
    },
    duration: (seconds) => formatDuration(language, seconds, oneDecimal()),
    credits: (value) => amount().format(value),
    sum: (value) => sum().format(value),
  };
}

/** @returns a function that makes the value at its first call */
function createLazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

function scaleBytes(value: number): [number, string] {
  const step = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return [value / 1000 ** step, BYTE_UNITS[step] ?? 'B'];
}

const STEPS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const satisfies readonly [Intl.RelativeTimeFormatUnit, number][];

function scaleSeconds(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const [unit, length] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
  return [Math.round(seconds / length), unit];
}

const UNITS: Readonly<Record<Language, readonly [second: string, minute: string]>> = {
  en: ['s', 'min'],
  zh: ['秒', '分钟'],
};

function formatDuration(language: Language, seconds: number, format: Intl.NumberFormat): string {
  const [second, minute] = UNITS[language];
  return seconds < 120 ? `${format.format(seconds)} ${second}` : `${format.format(seconds / 60)} ${minute}`;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== '';
  } catch {
    return false; // Intl has no other way to check a name
  }
}
