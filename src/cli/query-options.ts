/** Options of commands that search, and the paging through their hits. */
import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../lib/clock.ts';
import type { Query } from '../search/ast.ts';
import type { Cursor } from '../search/cursor.ts';
import { intersectTimes, isTimeZone } from '../search/dates.ts';
import { type QueryContext, TIME_BOUNDS } from '../search/fields.ts';
import { findMachineTimeZone } from '../search/machine-time-zone.ts';
import { parseQuery } from '../search/parser.ts';
import type { SearchPage, SearchRequest } from '../store/contract/search.ts';
import type { Store } from '../store/contract/store.ts';
import type { TaskFilter } from '../store/contract/tasks.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { adaptCommands, readLaunch } from './launch.ts';

export type QueryOptions = { [Name in (typeof TIME_BOUNDS)[number]['name'] | 'tz']?: string };

/** Hits per store query, whatever the limit. */
const PAGE_SIZE = 500;

export function addQueryOptions(command: Command): Command {
  for (const { name, flag } of TIME_BOUNDS) command.option(`--${name} <date>`, flag);
  return command.option('--tz <zone>', 'time zone of the dates (default: that of this machine)');
}

/** The value of a `--limit`. @throws InvalidArgumentError */
export function parseLimit(value: string): number {
  const limit = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (limit < 1) throw new InvalidArgumentError('it must be a whole number from 1 to 999,999.');
  return limit;
}

/** A word to leave out looks like an option. @param error as commander says it @param command whose words are a query */
export function hintAtMinus(error: string, command: string): string {
  const [, option] = /^error: unknown option '(-[^']*)'/.exec(error) ?? [];
  if (option === undefined || option.startsWith('--')) return error;
  const example = adaptCommands(`flux-mirror ${command} -- ${option}`, readLaunch());
  return `${error}(to leave a word out of the hits, put -- between the flags and the query: ${example})\n`;
}

/** Whether dates limit the search. */
export function hasQueryOptions(options: QueryOptions): boolean {
  return TIME_BOUNDS.some(({ name }) => options[name] !== undefined);
}

export interface QueryReading {
  /** Its notes also say how dates were read. */
  readonly query: Query;
  readonly filter: TaskFilter;
  readonly nowMs: number;
  /** Notes about what was not understood. */
  readonly problems: readonly string[];
  parse(text: string): Query;
}

/** @throws CommandFailed for an invalid date or time zone */
export function readQuery(text: string, options: QueryOptions): QueryReading {
  const { tz } = options;
  if (tz !== undefined && !isTimeZone(tz))
    throw createUsageError('--tz', tz, 'a time zone such as Europe/Berlin');
  const { timeZone, note } = tz === undefined ? findMachineTimeZone() : { timeZone: tz, note: undefined };
  const nowMs = systemClock.now();
  const context = { timeZone, nowMs };
  const query = parseQuery(text, context);
  const notes = note === undefined ? query.notes : [...query.notes, note];
  const dates = query.understood.map((one) => `"${one.text}" was read as ${one.as}; in quotes it is text`);
  return {
    query: { ...query, notes: [...dates, ...notes] },
    filter: readTimes(options, context),
    nowMs,
    problems: notes,
    parse: (other) => parseQuery(other, context),
  };
}

/** Yields pages until `limit` hits were found or there are no more. */
export async function* streamMatchingPages(
  store: Store,
  request: Omit<SearchRequest, 'limit' | 'after'>,
  limit: number,
): AsyncGenerator<SearchPage> {
  let left = limit;
  let after: Cursor | undefined;
  do {
    const page: SearchPage = await store.search({
      ...request,
      limit: Math.min(left, PAGE_SIZE),
      ...(after ? { after } : {}),
    });
    yield page;
    left -= page.hits.length;
    after = page.next;
  } while (after && left > 0);
}

function readTimes(options: QueryOptions, context: QueryContext): TaskFilter {
  const bounds = TIME_BOUNDS.flatMap((field) => {
    const value = options[field.name];
    if (value === undefined) return [];
    const bound = field.parse(value, context);
    if (bound.kind === 'problem')
      throw createUsageError(`--${field.name}`, value, 'a date such as 2026-03, 2026-03-14 or 7d');
    return [bound];
  });
  return intersectTimes(bounds);
}

/** Of the value of an option. */
export function createUsageError(flag: string, value: string, allowed: string): CommandFailed {
  return new CommandFailed(
    `${flag}: ${JSON.stringify(value)} can't be used; allowed: ${allowed}`,
    EXIT.usage,
  );
}
