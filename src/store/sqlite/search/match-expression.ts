/** From the query tree to FTS5 MATCH expressions. Every term is quoted, so nothing a person types is FTS5 syntax. */
import type { QueryNode, TextNode } from '../../../search/ast.ts';

export interface Leaves {
  /** The expression of a leaf, or undefined where the index alone can't decide about it. */
  readonly exact: (leaf: TextNode) => string | undefined;
  /** For what is wanted: the same, or one that matches more. What is unwanted is always taken exactly. */
  readonly wanted: (leaf: TextNode) => string | undefined;
}

/**
 * The expression for a part of a query, to be bound as a parameter.
 * @returns undefined when the index alone can't decide: fields, times, and what is only negated
 */
export function compileMatch(node: QueryNode, leaves: Leaves): string | undefined {
  switch (node.kind) {
    case 'phrase':
    case 'prefix':
      return leaves.wanted(node);
    case 'or': {
      const parts = node.parts.map((part) => compileMatch(part, leaves));
      return parts.includes(undefined) ? undefined : `(${parts.join(' OR ')})`;
    }
    case 'and':
      return compileAllOf(node.parts, leaves);
    default:
      return undefined;
  }
}

/** The same for parts that must all match; those that are negated stand behind a NOT, which needs something before it. */
export function compileAllOf(nodes: readonly QueryNode[], leaves: Leaves): string | undefined {
  const exactly = { exact: leaves.exact, wanted: leaves.exact };
  const wanted: (string | undefined)[] = [];
  const unwanted: (string | undefined)[] = [];
  for (const node of nodes) {
    if (node.kind === 'not') unwanted.push(compileMatch(node.part, exactly));
    else wanted.push(compileMatch(node, leaves));
  }
  if (wanted.length === 0 || wanted.includes(undefined) || unwanted.includes(undefined)) return undefined;
  const all = wanted.length === 1 ? `${wanted[0]}` : `(${wanted.join(' AND ')})`;
  return unwanted.length === 0 ? all : `(${all} NOT (${unwanted.join(' OR ')}))`;
}

/** A leaf as FTS5 writes it. A beginning of a word is what stems begin with; see prefixes.ts. */
export function compileLeaf(leaf: TextNode): string {
  const words = leaf.kind === 'prefix' ? [...leaf.terms, leaf.prefix] : leaf.terms;
  return leaf.kind === 'prefix' ? `"${words.join(' ')}" *` : `"${words.join(' ')}"`;
}
