/** Which scheduled backups are kept. Pure. */

const DAYS = 7;
const WEEKS = 4;
const DAY_MS = 86_400_000;
/** 1970-01-05 was a Monday: weeks start on Mondays, as in ISO 8601. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

interface Dated {
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/**
 * The newest backup of each of the last 7 days and of each of the last 4 weeks (UTC). Only days and weeks with a backup
 * count, so that a mirror that was off for a month keeps its backups. Backups dated after `newestMs` were made while the
 * clock was ahead: they are kept but not counted, or they would push out every new backup.
 * @param newestMs time of the backup that was actually made last
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
