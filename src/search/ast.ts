/** Syntax tree of a query. Built by parser.ts; used by highlights, ranking and the store. */
import { uniqueBy } from '../lib/unique-by.ts';
import type { ArtifactMatch } from './artifact-field.ts';
import type { TimeBounds } from './dates.ts';
import type { ValueColumn, ValueKind, ValueMatch } from './fields.ts';
import type { MarkMatch } from './mark-fields.ts';

/** Adjacent terms, in this order. A single word is a phrase of one. */
export interface PhraseNode {
  readonly kind: 'phrase';
  readonly terms: readonly string[];
}

/** A phrase followed by a word prefix: folded letters, not a stem. */
export interface PrefixNode {
  readonly kind: 'prefix';
  readonly terms: readonly string[];
  readonly prefix: string;
}

/** Matches a value of the task, compared according to its kind. */
export interface FieldNode extends Omit<ValueMatch, 'kind'> {
  readonly kind: 'field';
  readonly field: ValueColumn;
  readonly valueKind: ValueKind;
}

/** Has an image or video with this link or hash. */
export type ArtifactNode = ArtifactMatch;

/** Has these marks. */
export type MarkNode = MarkMatch;

/** Created in [fromMs, toMs); undefined means unbounded. */
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
export type QueryNode = TextNode | FieldNode | ArtifactNode | MarkNode | TimeNode | NotNode | GroupNode;

/** A part of the query that was read as something else than words. */
export interface Understood {
  /** As it was typed. */
  readonly text: string;
  /** In the syntax of queries: `on:2026-03`. */
  readonly as: string;
}

/** All parts must match; without parts, everything matches. */
export interface Query {
  readonly parts: readonly QueryNode[];
  /** Each part as it was typed. */
  readonly texts: readonly string[];
  /** Notes for the user about input that may have been misunderstood. */
  readonly notes: readonly string[];
  readonly understood: readonly Understood[];
  /** Readings that were not chosen: a month that was taken as a word, a date that can be words. */
  readonly alternatives: readonly Understood[];
}

/** A query of these parts, none of which was typed. */
export function createQuery(parts: readonly QueryNode[]): Query {
  return { parts, texts: [], notes: [], understood: [], alternatives: [] };
}

/** The distinct phrases and prefixes that a hit may contain: all that are not negated. */
export function collectWantedText({ parts }: Pick<Query, 'parts'>): TextNode[] {
  return removeDuplicates(parts.flatMap(collectText));
}

/** The phrases and prefixes of a node that are not negated. */
export function collectText(node: QueryNode): TextNode[] {
  if (node.kind === 'phrase' || node.kind === 'prefix') return [node];
  return node.kind === 'and' || node.kind === 'or' ? node.parts.flatMap(collectText) : [];
}

/** The same nodes, each once. A word costs as much when it is typed five hundred times as when it is typed once. */
export function removeDuplicates<Node extends QueryNode>(nodes: readonly Node[]): Node[] {
  return uniqueBy(nodes, (node) => JSON.stringify(node));
}
