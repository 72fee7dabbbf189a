/**
 * Reads what a person typed: words and phrases (AND), `-not`, `OR`, `prefix*`, groups, and operators such as
 * `model:flux-dev` or `on:2026-03`. No input is an error: what is not an operator is text. docs/search.md has the grammar.
 */
import { calendarDay, parseDate } from './dates.ts';
import { cutPieces, type Piece } from './pieces.ts';
import {
  FIELDS,
  type Field,
  type Query,
  type QueryNode,
  type TextNode,
  type TimeNode,
} from './query-tree.ts';
import { type Term, terms } from './terms.ts';

export interface QueryContext {
  /** IANA name; calendar dates are read in it. */
  readonly timeZone: string;
  /** Epoch milliseconds, for relative dates. */
  readonly nowMs: number;
}

/** Longer queries are cut: nobody types them, and a pasted page must not become a thousand index look-ups. */
const MAX_QUERY_CHARACTERS = 1000;

const DATES = ['before', 'after', 'on'] as const;
type DateOperator = (typeof DATES)[number];
const OPERATORS: ReadonlySet<string> = new Set([...FIELDS, ...DATES]);
const STATES = new Set(['pending', 'succeeded', 'failed']);

/**
 * An operator that came by itself, as a parameter.
 * @param notes gets a line when the value is none of the operator's, and it is left out
 * @returns undefined then
 */
export function parseOperator(
  name: Field | DateOperator,
  value: string,
  context: QueryContext,
  notes: string[],
): QueryNode | undefined {
  const own: string[] = [];
  const node = operatorNode(name, value, { pieces: [], at: 0, context, notes: own });
  notes.push(...own.map((note) => note.replace('was taken as text', 'was left out')));
  return node;
}

/** Reads a query. Never throws. */
export function parseQuery(typed: string, context: QueryContext): Query {
  const notes: string[] = [];
  if (typed.length > MAX_QUERY_CHARACTERS) {
    notes.push(`only the first ${MAX_QUERY_CHARACTERS} characters of the query were read`);
  }
  const pieces = cutPieces(typed.slice(0, MAX_QUERY_CHARACTERS).toWellFormed(), OPERATORS);
  const reader: Reader = { pieces, at: 0, context, notes };
  return { parts: readParts(reader), notes };
}

interface Reader {
  readonly pieces: readonly Piece[];
  at: number;
  readonly context: QueryContext;
  readonly notes: string[];
}

/** Parts up to the end or a closing parenthesis. `OR` binds its two neighbours, so `red cat OR dog` is red and either. */
function readParts(reader: Reader): QueryNode[] {
  const parts: QueryNode[] = [];
  let choices: QueryNode[] = [];
  let isChoice = false;
  const endChoice = () => {
    if (choices.length > 1) parts.push({ kind: 'or', parts: choices });
    else parts.push(...choices);
    choices = [];
  };
  for (let piece = reader.pieces[reader.at]; piece; piece = reader.pieces[reader.at]) {
    if (piece.kind === 'close') break;
    if (piece.kind === 'or') {
      reader.at += 1;
      const isBetween = choices.length > 0 && !isChoice && hasOperand(reader);
      if (isBetween) {
        isChoice = true;
        continue;
      }
      // At an edge it joins nothing, so it is the word that it is.
      reader.at -= 1;
    }
    const part = readUnit(reader);
    if (part === undefined) continue;
    if (!isChoice) endChoice();
    isChoice = false;
    choices.push(part);
  }
  endChoice();
  return parts;
}

/** Whether something that can be joined follows. */
function hasOperand({ pieces, at }: Reader): boolean {
  const next = pieces[at];
  return next !== undefined && next.kind !== 'close' && next.kind !== 'or';
}

/** One word, phrase, operator or group, with its `-`. Undefined for what asks for nothing (`***`). */
function readUnit(reader: Reader): QueryNode | undefined {
  const piece = reader.pieces[reader.at];
  reader.at += 1;
  switch (piece?.kind) {
    case 'not': {
      const part = hasOperand(reader) ? readUnit(reader) : undefined;
      return part && { kind: 'not', part };
    }
    case 'open': {
      const parts = readParts(reader);
      reader.at += 1; // its closing parenthesis
      const [only] = parts;
      return parts.length > 1 ? { kind: 'and', parts } : only;
    }
    case 'word':
      noteMisunderstanding(piece.text, reader.notes);
      return textNode(piece.text, true);
    case 'quoted':
      return textNode(piece.text, false);
    case 'operator':
      return operatorNode(piece.name, piece.value, reader) ?? textNode(piece.text, true);
    case 'or':
      return textNode('OR', false);
    default:
      return undefined;
  }
}

/** Words that look as if they were meant for more than words. */
function noteMisunderstanding(text: string, notes: string[]): void {
  if (text === 'AND') notes.push('AND was taken as a word; words are joined by AND without it');
  if (text === 'NOT') notes.push('NOT was taken as a word; -word leaves a word out');
  const [, name] = /^([a-z_]{2,20}):(?!\/\/)\S/i.exec(text) ?? [];
  if (name !== undefined) {
    const operators = [...OPERATORS].map((operator) => `${operator}:`).join(' ');
    notes.push(`${name}: is no operator, and was taken as text; there are ${operators}`);
  }
}

/** @param mayBePrefix a star behind the last letter asks for every word that begins so */
function textNode(text: string, mayBePrefix: boolean): TextNode | undefined {
  const found = terms(text);
  const last = found.at(-1);
  if (!last) return undefined;
  if (mayBePrefix && text.charAt(last.end) === '*' && last.word !== undefined) {
    return { kind: 'prefix', terms: found.slice(0, -1).map(termOf), prefix: last.word };
  }
  return { kind: 'phrase', terms: found.map(termOf) };
}

function termOf({ term }: Term): string {
  return term;
}

/** Undefined when the value is none of the operator's; a note then says so. */
function operatorNode(name: string, value: string, reader: Reader): QueryNode | undefined {
  const { context, notes } = reader;
  if (value === '') {
    notes.push(`${name}: has no value, and was taken as text`);
    return undefined;
  }
  if (isDateOperator(name)) {
    const time = timeNode(name, value, context);
    if (!time) {
      notes.push(
        `${name}:${value} is not a date that is understood, and was taken as text; try 2026-03, 2026-03-14 or 7d`,
      );
    }
    return time;
  }
  const field = name as Field;
  const isPrefix = value.endsWith('*') && value.length > 1;
  const typed = isPrefix ? value.slice(0, -1) : value;
  const given = field === 'id' ? typed : asciiLower(typed);
  if (field === 'state' && !STATES.has(given)) {
    notes.push(`state:${value} is not a state (pending, succeeded, failed), and was taken as text`);
    return undefined;
  }
  if (field === 'seed' && !/^\d{1,16}$/.test(given)) {
    notes.push(`seed:${value} is not a whole number, and was taken as text`);
    return undefined;
  }
  return { kind: 'field', field, value: given, isPrefix: isPrefix && field !== 'seed' && field !== 'state' };
}

function isDateOperator(name: string): name is DateOperator {
  return DATES.some((date) => date === name);
}

/** `after:X` from the start of X on, `before:X` until just before it starts, `on:X` all of it. */
function timeNode(
  name: DateOperator,
  value: string,
  { timeZone, nowMs }: QueryContext,
): TimeNode | undefined {
  const range = parseDate(value, timeZone, nowMs);
  if (!range) return undefined;
  if (name === 'after') return { kind: 'time', fromMs: range.fromMs, toMs: undefined };
  if (name === 'before') return { kind: 'time', fromMs: undefined, toMs: range.fromMs };
  // An instant has no length, so all of it is the day on which it lies.
  const whole = range.toMs > range.fromMs ? range : calendarDay(range.fromMs, timeZone);
  return { kind: 'time', ...whole };
}

/** The case that SQLite's own functions ignore. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
