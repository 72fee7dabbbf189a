/**
 * Parses the three date formats of HTTP (RFC 9110, section 5.6.7) and their common misspellings. Not `Date.parse`: it takes a date
 * without a zone, like that of asctime, for local time, and `-1` for a year.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?`;
const ZONE = String.raw`(?:GMT|UTC?|Z|(?<zone>[+-]\d{2}:?\d{2}))`;
const WEEKDAY = String.raw`(?:[a-z]{3,9},?\s*)?`;
const FORMS = [
  // Sun, 06 Nov 1994 08:49:37 GMT · Sunday, 06-Nov-94 08:49:37 GMT
  String.raw`${WEEKDAY}(?<day>\d{1,2})[ -](?<month>[a-z]{3})[a-z]*[ -](?<year>\d{4}|\d{2})\s+${TIME}(?:\s*${ZONE})?`,
  // Sun Nov  6 08:49:37 1994
  String.raw`${WEEKDAY}(?<month>[a-z]{3})\s+(?<day>\d{1,2})\s+${TIME}(?:\s+${ZONE})?\s+(?<year>\d{4})`,
  // 1994-11-06T08:49:37Z
  String.raw`(?<year>\d{4})-(?<number>\d{2})-(?<day>\d{2})[T ]${TIME}(?:\s*${ZONE})?`,
].map((form) => new RegExp(`^${form}$`, 'i'));

/**
 * @param nowMs epoch milliseconds, for years of two digits
 * @returns epoch milliseconds; undefined for anything else. A date without a zone is UTC
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const parts = FORMS.map((form) => form.exec(text.trim())?.groups).find((groups) => groups !== undefined);
  if (!parts) return undefined;
  const month =
    parts.month === undefined ? Number(parts.number) - 1 : MONTHS.indexOf(parts.month.toLowerCase());
  const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second ?? 0].map(Number);
  if (day === undefined || hour === undefined || minute === undefined || second === undefined)
    return undefined;
  const year = expandYear(parts.year ?? '', nowMs);
  const atMs = Date.UTC(year, month, day, hour, minute, second);
  const isValid = month >= 0 && month < 12 && hour < 24 && minute < 60 && second <= 60;
  // The 31st of a shorter month would be a day of the next one.
  return isValid && new Date(Date.UTC(year, month, day)).getUTCDate() === day
    ? atMs - parseZone(parts.zone)
    : undefined;
}

/** RFC 9110: a date of two digits that "appears to be more than 50 years in the future" is in the past. */
function expandYear(digits: string, nowMs: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}

/** @returns milliseconds east of Greenwich */
function parseZone(zone: string | undefined): number {
  if (zone === undefined) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
