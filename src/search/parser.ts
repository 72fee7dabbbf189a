/**
 * Parses a typed query: words and phrases (AND), `-not`, `OR`, `prefix*`, groups, and operators such as
 * `model:flux-dev` or `on:2026-03`. No input is an error: anything that is not an operator is text.
 * docs/search.md has the grammar.
 */

import { uniqueBy } from '../lib/unique-by.ts';
import {
  type Query,
  type QueryNode,
  removeDuplicates,
  type TextNode,
  type TimeNode,
  type Understood,
} from './ast.ts';
import { getToday, intersectTimes } from './dates.ts';
import { type FieldProblem, OPERATORS, type OperatorField, type QueryContext } from './fields.ts';
import { convertFullWidth } from './fold.ts';
import { createQueryBudget, MAX_QUERY_CHARACTERS, type QueryBudget } from './query-budget.ts';
import { readReference } from './references.ts';
import { findSpokenDate, readSpokenDate } from './spoken/find-date.ts';
import { extractTerms } from './terms.ts';
import { type Token, tokenize } from './tokenizer.ts';

const OPERATORS_BY_NAME: ReadonlyMap<string, OperatorField> = new Map(
  OPERATORS.map((field) => [field.name, field]),
);

/**
 * Parses the value of an operator given as a parameter.
 * @returns a problem when the value is invalid
 */
export function parseOperator(
  field: OperatorField,
  value: string,
  context: QueryContext,
): QueryNode | FieldProblem {
  if (field.kind === 'date') return field.parse(value, context);
  if (field.kind === 'artifact' || field.kind === 'mark') return field.parse(value);
  const match = field.parse(value);
  return match.kind === 'problem'
    ? match
    : { ...match, kind: 'field', field: field.column, valueKind: field.kind };
}

/** An operator in the syntax of queries. */
export function formatOperator(name: string, value: string): string {
  return /[\s"]/.test(value) ? `${name}:"${value.replaceAll('"', ' ')}"` : `${name}:${value}`;
}

/** A note for the user about an invalid value. */
export function describeProblem(
  subject: string,
  { reason, hint }: FieldProblem,
  outcome?: 'taken as text' | 'left out',
): string {
  const what = outcome === undefined ? `${subject} ${reason}` : `${subject} ${reason}, and was ${outcome}`;
  return hint === undefined ? what : `${what}; ${hint}`;
}

/** Parses a query. Never throws. */
export function parseQuery(typed: string, context: QueryContext): Query {
  const notes: string[] = [];
  if (typed.length > MAX_QUERY_CHARACTERS) {
    notes.push(`only the first ${MAX_QUERY_CHARACTERS} characters of the query were read`);
  }
  const text = straightenQuotes(convertFullWidth(typed.slice(0, MAX_QUERY_CHARACTERS).toWellFormed()));
  const tokens = tokenize(text, OPERATORS_BY_NAME, (all, at) =>
    findSpokenDate(all, at, () => getToday(context)),
  );
  const budget = createQueryBudget();
  const reader: Reader = { tokens, at: 0, budget, context, notes, understood: [], alternatives: [] };
  const parts = parseNodes(reader);
  return {
    parts: parts.map(({ node }) => node),
    texts: parts.map(({ start, end }) => text.slice(start, end).trim()),
    notes: [...notes, ...budget.listNotes()],
    understood: reader.understood,
    alternatives: reader.alternatives,
  };
}

/** Quotation marks of phones, as the one that is typed. */
function straightenQuotes(text: string): string {
  return text.replace(/[“”„]/g, '"');
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  readonly budget: QueryBudget;
  readonly context: QueryContext;
  readonly notes: string[];
  readonly understood: Understood[];
  readonly alternatives: Understood[];
}

/** A node and where it was typed. */
interface ParsedNode {
  readonly node: QueryNode;
  readonly start: number;
  readonly end: number;
}

/** Parses up to the end or a closing parenthesis. `OR` binds its two neighbours: `red cat OR dog` is red and either. */
function parseNodes(reader: Reader): ParsedNode[] {
  const parts: ParsedNode[] = [];
  let choices: ParsedNode[] = [];
  let isChoice = false;
  const endChoice = () => {
    const [first, last] = [choices[0], choices.at(-1)];
    if (!first || !last) return;
    const distinct = removeDuplicates(choices.map(({ node }) => node));
    const [only = first.node] = distinct;
    const node: QueryNode = distinct.length > 1 ? { kind: 'or', parts: distinct } : only;
    parts.push({ node, start: first.start, end: last.end });
    choices = [];
  };
  for (let token = reader.tokens[reader.at]; token; token = reader.tokens[reader.at]) {
    if (token.kind === 'close') break;
    if (token.kind === 'or') {
      reader.at += 1;
      const isBetween = choices.length > 0 && !isChoice && hasOperand(reader);
      if (isBetween) {
        isChoice = true;
        continue;
      }
      // At an edge `OR` joins nothing, so it is a plain word.
      reader.at -= 1;
    }
    const { cuts } = reader.budget;
    const node = parseOperand(reader);
    if (node === undefined) {
      if (reader.budget.cuts > cuts) isChoice = false; // left out: an OR that follows joins its neighbours
      continue;
    }
    if (!isChoice) endChoice();
    isChoice = false;
    choices.push({ node, start: token.start, end: reader.tokens[reader.at - 1]?.end ?? token.end });
  }
  endChoice();
  return uniqueBy(parts, ({ node }) => JSON.stringify(node));
}

/** Whether an operand follows. */
function hasOperand({ tokens, at }: Reader): boolean {
  const next = tokens[at];
  return next !== undefined && next.kind !== 'close' && next.kind !== 'or';
}

/** Parses one word, phrase, operator or group, with its `-`. Undefined if it contains no terms (`***`). */
function parseOperand(reader: Reader): QueryNode | undefined {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  switch (token?.kind) {
    case 'not': {
      const before = reader.budget.cuts;
      const part = hasOperand(reader) ? parseOperand(reader) : undefined;
      // A part of it would exclude more than was asked for.
      return part && reader.budget.cuts === before ? { kind: 'not', part } : undefined;
    }
    case 'open': {
      const parts = parseNodes(reader).map(({ node }) => node);
      reader.at += 1; // its closing parenthesis
      const [only] = parts;
      return parts.length > 1 ? { kind: 'and', parts } : only;
    }
    case 'word':
      return readWord(token.text, reader);
    case 'quoted':
      return readTextNode(token.text, false, reader);
    case 'operator': {
      const node = createOperatorNode(token, reader);
      return node ? reader.budget.takeOperator(node) : readTextNode(token.text, true, reader);
    }
    case 'date':
      return reader.budget.takeOperator(createTimeNode(token, reader));
    case 'or':
      return readTextNode('OR', false, reader);
    default:
      return undefined;
  }
}

/** Names that other programs have, and our flags. */
const LIKELY_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['from', 'after'],
  ['since', 'after'],
  ['to', 'before'],
  ['until', 'before'],
  ['date', 'on'],
  ['day', 'on'],
  ['status', 'state'],
  ['type', 'action'],
]);

/** Adds a note for words that look like operators. */
function noteLikelyOperator(text: string, { notes, tokens, at }: Reader): void {
  const isBetween = at > 1 && at < tokens.length;
  if (text === 'or' && isBetween) notes.push('or was taken as a word; OR, in capitals, finds either');
  if (text.includes('|')) notes.push('| only separates words; OR between two words finds either');
  if (/^\*./u.test(text))
    notes.push('* at the beginning of a word is not read; at its end it finds what begins so');
  if (text === 'AND') notes.push('AND was taken as a word; words are joined by AND without it');
  if (text === 'NOT') notes.push('NOT was taken as a word; -word leaves a word out');
  const [, name] = /^([a-z_]{2,20}):(?!\/\/)\S/i.exec(text) ?? [];
  if (name !== undefined) {
    const operators = OPERATORS.map((field) => `${field.name}:`).join(' ');
    const likely = LIKELY_OPERATORS.get(name.toLowerCase());
    const hint = likely === undefined ? '' : `; ${likely}: may be meant`;
    notes.push(`${name}: is no operator, and was taken as text${hint}; there are ${operators}`);
  }
}

/** `march` is a word, unless the phrase says that it is a date; the note offers the other reading. */
function noteLikelyMonth(text: string, { context, notes, alternatives }: Reader): void {
  const month = text.length > 2 ? readSpokenDate(text, () => getToday(context)) : undefined;
  if (month === undefined || !/^\d{4}-\d\d$/.test(month) || !/^\p{L}+$/u.test(text)) return;
  notes.push(`"${text}" was taken as a word; on:${month} is the month`);
  alternatives.push({ text, as: `on:${month}` });
}

/** A word, or what it may refer to: a prompt can contain a link or an id. */
function readWord(text: string, reader: Reader): QueryNode | undefined {
  const reference = readReference(text);
  if (!reference) {
    noteLikelyOperator(text, reader);
    noteLikelyMonth(text, reader);
    return readTextNode(text, true, reader);
  }
  // First, because a long link may have more words than are read.
  const node = createOperatorNode(reference, reader);
  const target = node && reader.budget.takeOperator(node);
  if (target) reader.understood.push({ text, as: `${reference.name}:${reference.value}` });
  const words = readTextNode(text, true, reader);
  return words && target ? { kind: 'or', parts: [words, target] } : (target ?? words);
}

/** As much of a text as the budget of the query allows. */
function readTextNode(text: string, canBePrefix: boolean, { budget }: Reader): TextNode | undefined {
  const node = createTextNode(text, canBePrefix);
  return node && budget.takeText(node);
}

/** @param canBePrefix whether a trailing star matches every word with that prefix */
function createTextNode(text: string, canBePrefix: boolean): TextNode | undefined {
  const found = extractTerms(text);
  const last = found.at(-1);
  if (!last) return undefined;
  if (canBePrefix && text.charAt(last.end) === '*' && last.word !== undefined) {
    return { kind: 'prefix', terms: found.slice(0, -1).map(({ term }) => term), prefix: last.word };
  }
  return { kind: 'phrase', terms: found.map(({ term }) => term) };
}

/** A date as people say it. */
function createTimeNode(
  { text, operators }: Extract<Token, { kind: 'date' }>,
  { context, understood, alternatives }: Reader,
): TimeNode {
  const times = operators.flatMap(({ name, value }) => {
    const field = OPERATORS_BY_NAME.get(name);
    const node = field && parseOperator(field, value, context);
    return node?.kind === 'time' ? [node] : [];
  });
  understood.push({ text, as: operators.map(({ name, value }) => `${name}:${value}`).join(' ') });
  alternatives.push({ text, as: `"${text}"` });
  const { fromMs, toMs } = intersectTimes(times);
  return { kind: 'time', fromMs, toMs };
}

/** Undefined, with a note, when the value is invalid. */
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
