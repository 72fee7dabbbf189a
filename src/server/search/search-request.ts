/**
 * Parses a search request: the query in `q`, and the same operators as parameters. Shared by search, facets and similar prompts,
 * which have no `q`.
 */
import { createBadRequest } from '../../lib/api-error.ts';
import type { Query, QueryNode } from '../../search/ast.ts';
import { MATCH_MODES, type MatchMode, readForMatch } from '../../search/close/match-mode.ts';
import { intersectTimes, isTimeZone } from '../../search/dates.ts';
import {
  EXACT_FIELDS,
  OPERATORS,
  type OperatorField,
  type QueryContext,
  TIME_BOUNDS,
} from '../../search/fields.ts';
import { markLastWordAsPrefix } from '../../search/last-word.ts';
import { findMachineTimeZone } from '../../search/machine-time-zone.ts';
import { describeProblem, formatOperator, parseOperator, parseQuery } from '../../search/parser.ts';
import type { TaskFilter } from '../../store/contract/tasks.ts';
import type { TaskLimits } from '../../task/limits.ts';
import { noteUnknownParams, readChoiceParam, readListParam } from '../query-params.ts';

export interface SearchTarget {
  /** With `match=close`, without the words that are not required. */
  readonly query: Query;
  /** Those words, as typed. */
  readonly optional: readonly string[];
  readonly match: MatchMode;
  readonly filter: TaskFilter;
  readonly timeZone: string;
  /** Parses another text as `q`. */
  readonly parse: (text: string) => Query;
}

/** The parameters that are read here, but for `q`. */
export const TARGET_PARAMS = [
  'tz',
  ...[...OPERATORS, ...EXACT_FIELDS, ...TIME_BOUNDS].map(({ name }) => name),
];

/**
 * @param known the parameters of the route; `q` is only read if it is one of them
 * @throws ApiError 400 for an invalid time zone, state or time bound
 */
export function readSearchTarget(
  params: URLSearchParams,
  limits: TaskLimits | undefined,
  nowMs: number,
  known: readonly string[],
): SearchTarget {
  const asked = params.get('tz') ?? '';
  if (asked !== '' && !isTimeZone(asked))
    throw createBadRequest('"tz" must be an IANA time zone such as Europe/Berlin');
  const { timeZone, note } = asked === '' ? findMachineTimeZone() : { timeZone: asked, note: undefined };
  for (const field of OPERATORS) if (field.kind === 'enum') readChoiceParam(params, field.name, field.values);

  const context = { timeZone, nowMs };
  const { match, parse } = createQueryReader(params, known, context);
  const typed = (known.includes('q') ? params.get('q') : null) ?? '';
  const { query, dropped } = parse(isPartial(params, known) ? markLastWordAsPrefix(typed) : typed);
  const unknown = noteUnknownParams(params, known);
  const notes = [...query.notes, ...(note === undefined ? [] : [note]), ...unknown];
  const parameters = OPERATORS.flatMap((field) => readParameter(params, field, context, notes));
  const filter = { ...readFilter(params, context), ...(limits ? { within: limits } : {}) };
  return {
    query: {
      ...query,
      parts: [...query.parts, ...parameters.map(({ node }) => node)],
      texts: [...query.texts, ...parameters.map(({ text }) => text)],
      notes,
    },
    optional: dropped,
    match,
    filter,
    timeZone,
    parse: (text) => parse(text).query,
  };
}

/** How the query of a route is read: a search for close matches does not require small words. */
function createQueryReader(params: URLSearchParams, known: readonly string[], context: QueryContext) {
  const [match = 'exact'] = known.includes('match') ? readChoiceParam(params, 'match', MATCH_MODES) : [];
  return { match, parse: (text: string) => readForMatch(parseQuery(text, context), match) };
}

function isPartial(params: URLSearchParams, known: readonly string[]): boolean {
  return known.includes('partial') && readChoiceParam(params, 'partial', ['true', 'false'])[0] === 'true';
}

/**
 * Several values of one parameter are alternatives.
 * @returns at most one part, and its text as a query
 */
function readParameter(
  params: URLSearchParams,
  field: OperatorField,
  context: QueryContext,
  notes: string[],
): { readonly node: QueryNode; readonly text: string }[] {
  const values = readValues(params, field);
  const parts: QueryNode[] = [];
  const texts: string[] = [];
  for (const value of values) {
    if (value === '') continue;
    const part = parseOperator(field, value, context);
    if (part.kind === 'problem') {
      notes.push(describeProblem(`${field.name}:${value}`, part, 'left out'));
    } else {
      parts.push(part);
      texts.push(formatOperator(field.name, value));
    }
  }
  const [only] = parts;
  if (only === undefined) return [];
  return [{ node: parts.length > 1 ? { kind: 'or', parts } : only, text: texts.join(' OR ') }];
}

/** A date has only one value, and so has a link, which may contain commas; a tag may contain some, too. */
function readValues(params: URLSearchParams, { kind, name }: OperatorField): readonly string[] {
  if (kind === 'date' || kind === 'artifact') return [params.get(name) ?? ''];
  return name === 'tag' ? params.getAll(name) : readListParam(params, name);
}

/** @throws ApiError 400 for an invalid date, unlike one in the query, which can be meant as text */
function readFilter(params: URLSearchParams, context: QueryContext): TaskFilter {
  const bounds = TIME_BOUNDS.flatMap((field) => {
    const value = params.get(field.name);
    if (!value) return [];
    const bound = field.parse(value, context);
    if (bound.kind === 'problem') throw createBadRequest(describeProblem(`"${field.name}"`, bound));
    return [bound];
  });
  return {
    values: Object.fromEntries(EXACT_FIELDS.map(({ name, column }) => [column, readListParam(params, name)])),
    ...intersectTimes(bounds),
  };
}
