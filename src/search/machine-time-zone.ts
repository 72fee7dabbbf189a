/** The time zone of this machine, for dates whose zone nobody named. */
import { isTimeZone } from './dates.ts';

export interface MachineTimeZone {
  readonly timeZone: string;
  /** Human-readable; set when the machine's own zone is not known. */
  readonly note: string | undefined;
}

/** What newer ICUs report for a `TZ` that they can't read. */
const UNKNOWN = 'Etc/Unknown';
/** A name such as `Europe/Berlin`, which Temporal knows as well. Of an offset, older runtimes report what nothing reads. */
const NAME = /^[A-Z][\w+/-]*$/i;

/**
 * Never fails: a machine may have a `TZ` that ICU can't read, such as `:/etc/localtime`, and its users can't help it.
 * @param reported what the runtime reports, undefined for an unreadable `TZ`
 * @param variable the environment's `TZ`
 */
export function findMachineTimeZone(
  reported: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone,
  variable = process.env.TZ,
): MachineTimeZone {
  const isKnown =
    reported !== undefined && reported !== UNKNOWN && (NAME.test(reported) || isTimeZone(reported));
  if (isKnown) return { timeZone: reported, note: undefined };
  // POSIX: a leading colon is no part of the name. Some systems name the file.
  const named = variable?.replace(/^:/, '').replace(/^.*\/zoneinfo\/(posix\/|right\/)?/, '');
  if (named !== undefined && named !== '' && isTimeZone(named)) return { timeZone: named, note: undefined };
  return { timeZone: 'UTC', note: 'the time zone of this machine is not known: dates are in UTC' };
}
