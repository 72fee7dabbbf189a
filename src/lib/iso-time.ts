/** Timestamps in output and responses. */

/** Epoch milliseconds as ISO 8601 in UTC; null for undefined. */
export function formatIsoTime(ms: number): string;
export function formatIsoTime(ms: number | undefined): string | null;
export function formatIsoTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
