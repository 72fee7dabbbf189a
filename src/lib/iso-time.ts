/** Times for people and programs outside. */

/** Epoch milliseconds as ISO 8601 in UTC, null for none. */
export function isoTime(ms: number): string;
export function isoTime(ms: number | undefined): string | null;
export function isoTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
