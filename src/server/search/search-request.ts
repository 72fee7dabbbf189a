/** What a request searches for: the query of `q`, and the same operators as parameters. Shared by search and facets. */
import { badRequest } from '../../lib/api-error.ts';
import { isTimeZone, parseDate } from '../../search/dates.ts';
import { parseOperator, parseQuery, type QueryContext } from '../../search/query.ts';
import type { Query, QueryNode } from '../../search/query-tree.ts';
import type { TaskFilter } from '../../store/contract/tasks.ts';
import type { TaskLimits } from '../../task/limits.ts';
import { choiceParam, listParam } from '../query-params.ts';

export interface SearchTarget {
  readonly query: Query;
  readonly filter: TaskFilter;
  readonly timeZone: string;
}

const BY_VALUE = ['model', 'size', 'action', 'state', 'seed', 'id'] as const;
const BY_DATE = ['before', 'after', 'on'] as const;

/** @throws ApiError 400 for a time zone or a state that is none */
export function readSearchTarget(
  params: URLSearchParams,
  limits: TaskLimits | undefined,
  nowMs: number,
): SearchTarget {
  const timeZone = params.get('tz') || Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!isTimeZone(timeZone)) throw badRequest('"tz" must be an IANA time zone such as Europe/Berlin');
  choiceParam(params, 'state', ['pending', 'succeeded', 'failed']);

  const context = { timeZone, nowMs };
  const query = parseQuery(params.get('q') ?? '', context);
  const notes = [...query.notes];
  const parameters = [
    ...BY_VALUE.map((name) => anyOf(params, name, context, notes)),
    ...dates(params, context, notes),
  ];
  const filter = { ...readFilter(params, context, notes), ...(limits ? { within: limits } : {}) };
  return {
    query: { parts: [...query.parts, ...parameters.filter((part) => part !== undefined)], notes },
    filter,
    timeZone,
  };
}

/** Several values of one parameter are choices. */
function anyOf(
  params: URLSearchParams,
  name: (typeof BY_VALUE)[number],
  context: QueryContext,
  notes: string[],
): QueryNode | undefined {
  const parts = listParam(params, name)
    .map((value) => parseOperator(name, value, context, notes))
    .filter((part) => part !== undefined);
  return parts.length > 1 ? { kind: 'or', parts } : parts[0];
}

function dates(params: URLSearchParams, context: QueryContext, notes: string[]): (QueryNode | undefined)[] {
  return BY_DATE.map((name) => {
    const value = params.get(name);
    return value ? parseOperator(name, value, context, notes) : undefined;
  });
}

/** A date that is none is no error: it is left out, and the answer says so. */
function readFilter(params: URLSearchParams, { timeZone, nowMs }: QueryContext, notes: string[]): TaskFilter {
  const readDate = (name: 'from' | 'to') => {
    const value = params.get(name);
    if (!value) return undefined;
    const range = parseDate(value, timeZone, nowMs);
    if (!range)
      notes.push(
        `"${name}" is not a date that is understood, and was left out; try 2026-03, 2026-03-14 or 7d`,
      );
    return range;
  };
  const from = readDate('from');
  const to = readDate('to');
  return {
    userIds: listParam(params, 'user_id'),
    applicationIds: listParam(params, 'application_id'),
    ...(from ? { fromMs: from.fromMs } : {}),
    ...(to ? { toMs: to.toMs } : {}),
  };
}
