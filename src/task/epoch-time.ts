/** Parses times of the upstream: epoch numbers of any magnitude, or dates as text. */

const LATEST_MS = Date.UTC(2200, 0, 1);
/** Upper bounds of epoch numbers in seconds, milliseconds and microseconds; larger ones are nanoseconds. */
const SECONDS_BELOW = 1e11;
const MILLISECONDS_BELOW = 1e14;
const MICROSECONDS_BELOW = 1e17;

/** Fewer digits are a year or a count, not an epoch number. */
const EPOCH_TEXT = /^\d{9,19}(\.\d+)?$/;
const ISO_TEXT =
  /^(?<date>\d{4}-\d\d(?:-\d\d)?)(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?(?<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?$/i;
/** RFC 5322, with its mandatory zone. */
const MAIL_TEXT = /^(?:[a-z]{3}, ?)?\d{1,2} [a-z]{3} \d{4} \d\d:\d\d(?::\d\d)? (?:GMT|UTC|Z|[+-]\d{4})$/i;

/**
 * Converts a time to epoch milliseconds. Numbers (also as text) are seconds, as the vendor documents, or milli-, micro- or
 * nanoseconds, depending on their magnitude. Text is ISO 8601, in UTC unless it has a zone, or an RFC 5322 date.
 * @returns undefined for anything else, and for times outside 1970 to 2200
 */
export function parseEpochMs(value: unknown): number | undefined {
  const ms =
    typeof value === 'number' ? scaleToMs(value) : typeof value === 'string' ? parseText(value) : Number.NaN;
  return boundMs(ms);
}

/** @returns whole milliseconds; undefined for times outside 1970 to 2200, which no row could be ordered by */
export function boundMs(ms: number): number | undefined {
  return ms > 0 && ms < LATEST_MS ? Math.round(ms) : undefined;
}

function scaleToMs(epoch: number): number {
  if (epoch < SECONDS_BELOW) return epoch * 1000;
  if (epoch < MILLISECONDS_BELOW) return epoch;
  return epoch < MICROSECONDS_BELOW ? epoch / 1000 : epoch / 1_000_000;
}

function parseText(value: string): number {
  const text = value.trim();
  if (EPOCH_TEXT.test(text)) return scaleToMs(Number(text));
  const { date, time, zone } = ISO_TEXT.exec(text)?.groups ?? {};
  if (date === undefined) return MAIL_TEXT.test(text) ? Date.parse(text) : Number.NaN;
  // A date alone is UTC in ECMAScript already.
  return Date.parse(time === undefined ? date : `${date}T${time.replace(',', '.')}${formatZone(zone)}`);
}

/** Formats a zone for `Date.parse`: `Z` or `+08:00`. */
function formatZone(zone: string | undefined): string {
  const [, sign, hours, minutes = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? '') ?? [];
  return sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`;
}
