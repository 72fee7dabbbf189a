/**
 * Reads what a person typed: words and phrases (AND), `-not`, `OR`, `prefix*`, groups, and operators such as
 * `model:flux-dev` or `on:2026-03`. No input is an error: what is not an operator is text. docs/search.md has the grammar.
 */

import type { Query, QueryNode, TextNode } from './ast.ts';
import { type FieldProblem, OPERATORS, type OperatorField, type QueryContext } from './fields.ts';
import { extractTerms, type Term } from './terms.ts';
import { cutPieces, type Piece } from './tokenizer.ts';

/** Longer queries are cut: nobody types them, and a pasted page must not become a thousand index look-ups. */
const MAX_QUERY_CHARACTERS = 1000;

const OPERATORS_BY_NAME: ReadonlyMap<string, OperatorField> = new Map(
  OPERATORS.map((field) => [field.name, field]),
);

/**
 * An operator that came by itself, as a parameter.
 * @returns a problem when the value is none of the operator's
 */
export function parseOperator(
  field: OperatorField,
  value: string,
  context: QueryContext,
): QueryNode | FieldProblem {
  if (field.kind === 'date') return field.parse(value, context);
  const match = field.parse(value);
  return match.kind === 'problem'
    ? match
    : { ...match, kind: 'field', field: field.column, valueKind: field.kind };
}

/** A line about a value that asks for nothing, for the person who asked. */
export function describeProblem(
  subject: string,
  { reason, hint }: FieldProblem,
  outcome: 'taken as text' | 'left out',
): string {
  return `${subject} ${reason}, and was ${outcome}${hint === undefined ? '' : `; ${hint}`}`;
}

/** Reads a query. Never throws. */
export function parseQuery(typed: string, context: QueryContext): Query {
  const notes: string[] = [];
  if (typed.length > MAX_QUERY_CHARACTERS) {
    notes.push(`only the first ${MAX_QUERY_CHARACTERS} characters of the query were read`);
  }
  const pieces = cutPieces(typed.slice(0, MAX_QUERY_CHARACTERS).toWellFormed(), OPERATORS_BY_NAME);
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
      return createTextNode(piece.text, true);
    case 'quoted':
      return createTextNode(piece.text, false);
    case 'operator':
      return createOperatorNode(piece, reader) ?? createTextNode(piece.text, true);
    case 'or':
      return createTextNode('OR', false);
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
    const operators = OPERATORS.map((field) => `${field.name}:`).join(' ');
    notes.push(`${name}: is no operator, and was taken as text; there are ${operators}`);
  }
}

/** @param mayBePrefix a star behind the last letter asks for every word that begins so */
function createTextNode(text: string, mayBePrefix: boolean): TextNode | undefined {
  const found = extractTerms(text);
  const last = found.at(-1);
  if (!last) return undefined;
  if (mayBePrefix && text.charAt(last.end) === '*' && last.word !== undefined) {
    return { kind: 'prefix', terms: found.slice(0, -1).map(getTerm), prefix: last.word };
  }
  return { kind: 'phrase', terms: found.map(getTerm) };
}

function getTerm({ term }: Term): string {
  return term;
}

/** Undefined when the value is none of the operator's; a note then says so. */
function createOperatorNode(
  { name, value }: { name: string; value: string },
  { context, notes }: Reader,
): QueryNode | undefined {
  const field = OPERATORS_BY_NAME.get(name);
  if (!field) return undefined;
  const node: QueryNode | FieldProblem =
    value === '' ? { kind: 'problem', reason: 'has no value' } : parseOperator(field, value, context);
  if (node.kind !== 'problem') return node;
  notes.push(describeProblem(`${name}:${value}`, node, 'taken as text'));
  return undefined;
}
