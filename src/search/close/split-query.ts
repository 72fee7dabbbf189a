/** Tells what a close match may lack from what it must have. */
import type { Query, QueryNode } from '../ast.ts';

/** A part of a query that a close match may lack. */
export interface LoosePart {
  readonly node: QueryNode;
  /** As typed. */
  readonly text: string;
}

export interface SplitQuery {
  /** Quoted phrases, negations, fields, dates, and groups that have any of them. */
  readonly strict: readonly QueryNode[];
  /** Words that stand alone or in a group. */
  readonly loose: readonly LoosePart[];
}

export function splitQuery({ parts, texts }: Pick<Query, 'parts' | 'texts'>): SplitQuery {
  const strict: QueryNode[] = [];
  const loose: LoosePart[] = [];
  for (const [at, node] of parts.entries()) {
    const text = texts[at];
    if (text === undefined || text.includes('"') || !isText(node)) strict.push(node);
    else loose.push({ node, text });
  }
  return { strict, loose };
}

function isText(node: QueryNode): boolean {
  if (node.kind === 'and' || node.kind === 'or') return node.parts.every(isText);
  return node.kind === 'phrase' || node.kind === 'prefix';
}
