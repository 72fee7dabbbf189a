/** What a person asked for, as a tree. Made by parser.ts; read by highlights, ranking, and the store. */
import type { TimeBounds } from './dates.ts';
import type { ValueColumn, ValueKind, ValueMatch } from './fields.ts';

/** Terms that stand side by side, in this order. A single word is a phrase of one. */
export interface PhraseNode {
  readonly kind: 'phrase';
  readonly terms: readonly string[];
}

/** The same, with the beginning of a word behind the terms: folded letters, not a stem. */
export interface PrefixNode {
  readonly kind: 'prefix';
  readonly terms: readonly string[];
  readonly prefix: string;
}

/** A value of the task is this one, compared as its kind is. */
export interface FieldNode extends Omit<ValueMatch, 'kind'> {
  readonly kind: 'field';
  readonly field: ValueColumn;
  readonly valueKind: ValueKind;
}

/** Created in [fromMs, toMs); an absent bound limits nothing. */
export interface TimeNode extends TimeBounds {
  readonly kind: 'time';
}

export interface NotNode {
  readonly kind: 'not';
  readonly part: QueryNode;
}

export interface GroupNode {
  readonly kind: 'and' | 'or';
  readonly parts: readonly QueryNode[];
}

export type TextNode = PhraseNode | PrefixNode;
export type QueryNode = TextNode | FieldNode | TimeNode | NotNode | GroupNode;

/** All parts must match; no parts: everything matches. */
export interface Query {
  readonly parts: readonly QueryNode[];
  /** What was not understood as it may have been meant, for the person who asked. */
  readonly notes: readonly string[];
}

/** The words, phrases and beginnings that a hit may contain: everything that is not negated. */
export function collectWantedText(query: Query): TextNode[] {
  const collect = (node: QueryNode): TextNode[] => {
    if (node.kind === 'phrase' || node.kind === 'prefix') return [node];
    return node.kind === 'and' || node.kind === 'or' ? node.parts.flatMap(collect) : [];
  };
  return query.parts.flatMap(collect);
}
