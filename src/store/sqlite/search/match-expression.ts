/** Compiles the query AST to FTS5 MATCH expressions. Every term is quoted, so user input is never FTS5 syntax. */
import type { QueryNode, TextNode } from '../../../search/ast.ts';
import { compileMarkTest } from '../marks/mark-expression.ts';

export interface Leaves {
  /** The expression that matches a leaf exactly; undefined when the index alone can't decide. */
  readonly exact: (leaf: TextNode) => string | undefined;
  /** For leaves that are not negated: the same, or one that matches more. Negated leaves always use `exact`. */
  readonly wanted: (leaf: TextNode) => string | undefined;
}

/**
 * The expression for a node of a query, to be bound as a parameter.
 * @returns undefined when the index alone can't decide: fields, times, and purely negated nodes
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
    case 'mark':
      return compileMarkTest(node.test);
    default:
      return undefined;
  }
}

/** The same for nodes that must all match; negated ones follow a NOT, which needs a left operand in FTS5. */
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

/** A leaf in FTS5 syntax. A word prefix becomes a prefix of stems; see prefixes.ts. */
export function compileLeaf(leaf: TextNode): string {
  const words = leaf.kind === 'prefix' ? [...leaf.terms, leaf.prefix] : leaf.terms;
  return leaf.kind === 'prefix' ? `"${words.join(' ')}" *` : `"${words.join(' ')}"`;
}
