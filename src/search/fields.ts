/**
 * The search fields, one row each. The parser, the parameters of the API, OpenAPI and the command line are derived from
 * this table, engines map its columns to theirs, and a test compares docs/search.md with it. No SQL of any engine.
 */
import { MIN_ID_PREFIX_LENGTH, UUID_LENGTH } from '../task/id.ts';
import type { TaskState } from '../task/state.ts';
import { type ArtifactMatch, parseArtifact } from './artifact-field.ts';
import { getCalendarDay, parseDate, type TimeBounds, type TimeRange } from './dates.ts';
import { convertToLowerAscii } from './fold.ts';
import {
  MARK_KINDS,
  MARK_STATES,
  type MarkMatch,
  parseMarkKind,
  parseMarkState,
  parseRating,
  parseTag,
} from './mark-fields.ts';

export interface QueryContext {
  /** IANA name of the zone in which calendar dates are interpreted. */
  readonly timeZone: string;
  /** Epoch milliseconds, for relative dates. */
  readonly nowMs: number;
}

/** How an operator's value is parsed and compared; text ignores the case of ASCII letters. */
export type ValueKind = 'text' | 'enum' | 'seed' | 'id';

export interface ValueMatch {
  readonly kind: 'value';
  readonly value: string;
  /** Whether `value` is a prefix. */
  readonly isPrefix: boolean;
}

export interface TimeMatch extends TimeBounds {
  readonly kind: 'time';
}

/** Why a value is invalid. */
export interface FieldProblem {
  readonly kind: 'problem';
  /** Follows the value: `is not a whole number`. */
  readonly reason: string;
  /** What would be valid, if the reason doesn't say so. */
  readonly hint?: string;
}

interface BaseField {
  /** The operator without its colon; also the API parameter. */
  readonly name: string;
  /** Whether queries may use it (`model:flux-pro`); otherwise it is only a parameter. */
  readonly isOperator: boolean;
  /** Description of the parameter in OpenAPI. */
  readonly description?: string;
}

interface ValueField extends BaseField {
  readonly kind: Exclude<ValueKind, 'enum'>;
  /** The task's value, by its domain name. */
  readonly column: string;
  readonly isOperator: true;
  /** A value for help texts. */
  readonly example: string;
  parse(value: string): ValueMatch | FieldProblem;
}

interface EnumField extends Omit<ValueField, 'kind'> {
  readonly kind: 'enum';
  readonly values: readonly string[];
}

/** One or several values, compared exactly. */
interface ExactField extends BaseField {
  readonly kind: 'exact';
  readonly column: string;
  readonly isOperator: false;
}

/** Limits the creation time. */
interface DateField extends BaseField {
  readonly kind: 'date';
  /** Help text of the command-line flag; without it there is no flag. */
  readonly flag?: string;
  parse(value: string, context: QueryContext): TimeMatch | FieldProblem;
}

/** Finds the task of a generated file. */
interface ArtifactField extends BaseField {
  readonly kind: 'artifact';
  readonly isOperator: true;
  /** A value for help texts. */
  readonly example: string;
  parse(value: string): ArtifactMatch | FieldProblem;
}

/** Finds tasks by their marks. */
interface MarkField extends BaseField {
  readonly kind: 'mark';
  readonly isOperator: true;
  /** A value for help texts. */
  readonly example: string;
  /** All values, if they are a list. */
  readonly values?: readonly string[];
  parse(value: string): MarkMatch | FieldProblem;
}

export type SearchField = ValueField | EnumField | ExactField | DateField | ArtifactField | MarkField;

const STATES = ['pending', 'succeeded', 'failed'] as const satisfies readonly TaskState[];

export const FIELDS = [
  { name: 'model', kind: 'text', column: 'model', isOperator: true, example: 'flux-pro', parse: parseText },
  { name: 'size', kind: 'text', column: 'size', isOperator: true, example: '16:9', parse: parseText },
  { name: 'action', kind: 'text', column: 'action', isOperator: true, example: 'edit', parse: parseText },
  {
    name: 'state',
    kind: 'enum',
    values: STATES,
    column: 'state',
    isOperator: true,
    example: 'failed',
    parse: createEnumParser('state', STATES),
  },
  { name: 'seed', kind: 'seed', column: 'seed', isOperator: true, example: '42', parse: parseSeed },
  { name: 'id', kind: 'id', column: 'id', isOperator: true, example: '2db0168c', parse: parseId },
  {
    name: 'artifact',
    kind: 'artifact',
    isOperator: true,
    description: 'the link of an image or video, or the SHA-256 of an archived one',
    example: 'https://cdn.example/a.png',
    parse: parseArtifactField,
  },
  {
    name: 'is',
    kind: 'mark',
    isOperator: true,
    description: 'without `is=hidden`, hidden tasks are left out',
    values: MARK_STATES,
    example: 'starred',
    parse: parseMarkState,
  },
  {
    name: 'has',
    kind: 'mark',
    isOperator: true,
    values: MARK_KINDS,
    example: 'note',
    parse: parseMarkKind,
  },
  {
    name: 'rating',
    kind: 'mark',
    isOperator: true,
    description: '0 to 5, or a range: `>=4`, `<3`, `2..4`; 0 is no rating',
    example: '>=4',
    parse: parseRating,
  },
  {
    name: 'tag',
    kind: 'mark',
    isOperator: true,
    description: 'upper and lower case are the same; with a star at its end, every tag that begins so',
    example: 'poster',
    parse: parseTag,
  },
  { name: 'user_id', kind: 'exact', column: 'userId', isOperator: false },
  { name: 'application_id', kind: 'exact', column: 'applicationId', isOperator: false },
  {
    name: 'before',
    kind: 'date',
    isOperator: true,
    description: 'a date',
    parse: createDateParser(({ fromMs }) => ({ fromMs: undefined, toMs: fromMs })),
  },
  {
    name: 'after',
    kind: 'date',
    isOperator: true,
    description: 'a date',
    parse: createDateParser(({ fromMs }) => ({ fromMs, toMs: undefined })),
  },
  {
    name: 'on',
    kind: 'date',
    isOperator: true,
    description: 'a date',
    parse: createDateParser((range, { timeZone }) =>
      // An instant has no length, so the whole day containing it is used.
      range.toMs > range.fromMs ? range : getCalendarDay(range.fromMs, timeZone),
    ),
  },
  {
    name: 'from',
    kind: 'date',
    isOperator: false,
    description: 'a date; from its start on',
    flag: 'created from: 2026, 2026-03, 2026-03-14, an ISO 8601 time, 7d, yesterday',
    parse: createDateParser(({ fromMs }) => ({ fromMs, toMs: undefined })),
  },
  {
    name: 'to',
    kind: 'date',
    isOperator: false,
    description: 'a date; all of a day, month or year',
    flag: 'created up to the end of that day, month or year',
    parse: createDateParser(({ toMs }) => ({ fromMs: undefined, toMs })),
  },
] as const satisfies readonly SearchField[];

type Field = (typeof FIELDS)[number];

/** A task value that can be filtered by; every engine has a column for each. */
export type ValueColumn = Exclude<Field, { kind: 'date' | 'artifact' | 'mark' }>['column'];

/** Fields that queries may use, in the order in which messages list them. */
export const OPERATORS = FIELDS.filter((field) => field.isOperator === true);
export type OperatorField = (typeof OPERATORS)[number];

/** Parameters that match exact values. */
export const EXACT_FIELDS = FIELDS.filter((field) => field.kind === 'exact');

/** Parameters and flags that limit the time, in addition to the query. */
export const TIME_BOUNDS = FIELDS.filter((field) => field.kind === 'date' && field.isOperator === false);

function parseText(value: string): ValueMatch {
  const { value: typed, ...match } = parseStar(value);
  return { ...match, value: convertToLowerAscii(typed) };
}

function parseSeed(value: string): ValueMatch | FieldProblem {
  const typed = parseText(value);
  if (!/^-?\d{1,40}$/.test(typed.value)) return { kind: 'problem', reason: 'is not a whole number' };
  return { ...typed, isPrefix: false };
}

/** Creates the parser of an enum field. */
function createEnumParser(name: string, values: readonly string[]): ValueField['parse'] {
  return (value) => {
    const typed = parseText(value);
    if (!values.includes(typed.value))
      return { kind: 'problem', reason: `is not a ${name} (${values.join(', ')})` };
    return { ...typed, isPrefix: false };
  };
}

/** Parses a trailing star, which matches every value with that prefix. */
function parseStar(value: string): ValueMatch {
  const isPrefix = value.endsWith('*') && value.length > 1;
  return { kind: 'value', value: isPrefix ? value.slice(0, -1) : value, isPrefix };
}

/** The beginning of an id needs no star, if it is long enough. */
function parseId(value: string): ValueMatch {
  const match = parseStar(value);
  const isPrefix = match.isPrefix || (value.length >= MIN_ID_PREFIX_LENGTH && value.length < UUID_LENGTH);
  return { ...match, isPrefix };
}

function parseArtifactField(value: string): ArtifactMatch | FieldProblem {
  return parseArtifact(value) ?? { kind: 'problem', reason: 'is neither a link nor a SHA-256' };
}

function createDateParser(
  toBounds: (range: TimeRange, context: QueryContext) => TimeBounds,
): DateField['parse'] {
  return (value, context) => {
    const range = parseDate(value, context.timeZone, context.nowMs);
    if (range) return { kind: 'time', ...toBounds(range, context) };
    return {
      kind: 'problem',
      reason: 'is not a date that is understood',
      hint: 'try 2026-03, 2026-03-14 or 7d',
    };
  };
}
