/** While the database is away, everything that needs it fails again and again. The watch of the storage logs that, once. */
import type { Log } from '../lib/log.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';

const LEVELS = ['warn', 'error'] as const;

/** @returns a log that has failures of an unreachable store at the level `debug` */
export function quietOutages(log: Log): Log {
  const quiet: Log = Object.create(log);
  for (const level of LEVELS) {
    quiet[level] = (...record: [unknown, ...unknown[]]) => {
      const write = isAboutOutage(record[0]) ? log.debug : log[level];
      Reflect.apply(write, log, record);
    };
  }
  return quiet;
}

function isAboutOutage(record: unknown): boolean {
  const error = typeof record === 'object' && record !== null && 'err' in record ? record.err : record;
  return storeErrorCodeOf(error) === 'unreachable';
}
