/** Which scheduled backups stay. Pure. */

const DAYS = 7;
const WEEKS = 4;
const DAY_MS = 86_400_000;
/** 1970-01-05 was a Monday: weeks are counted as ISO 8601 does, from Mondays. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

interface Dated {
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/**
 * The newest of each of the last 7 days that have one, and of each of the last 4 weeks that have one (UTC). Counted in days
 * that have a backup, so that a mirror that was off for a month keeps what it had. What is dated later than the newest was made
 * while the clock ran ahead: it stays, and does not count, or it would push out everything that is made now.
 * @param newestMs when the backup was made that is the newest in truth
 */
export function selectKeptBackups<Backup extends Dated>(
  backups: readonly Backup[],
  newestMs: number,
): Set<Backup> {
  const newestFirst = backups.filter(({ atMs }) => atMs <= newestMs).sort((a, b) => b.atMs - a.atMs);
  return new Set([
    ...backups.filter(({ atMs }) => atMs > newestMs),
    ...selectNewestOfEach(newestFirst, DAYS, ({ atMs }) => Math.floor(atMs / DAY_MS)),
    ...selectNewestOfEach(newestFirst, WEEKS, ({ atMs }) =>
      Math.floor((atMs - FIRST_MONDAY_MS) / (7 * DAY_MS)),
    ),
  ]);
}

function selectNewestOfEach<Backup>(
  newestFirst: readonly Backup[],
  periods: number,
  periodOf: (backup: Backup) => number,
): Backup[] {
  const newest = new Map<number, Backup>();
  for (const backup of newestFirst) {
    const period = periodOf(backup);
    if (!newest.has(period) && newest.size < periods) newest.set(period, backup);
  }
  return [...newest.values()];
}
