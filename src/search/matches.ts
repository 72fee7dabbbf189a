/** Finds phrases and word prefixes among the terms of a prompt. */
import type { QueryNode, TextNode } from './ast.ts';
import type { Term } from './terms.ts';

/** How many terms a leaf covers. */
export function countTerms(leaf: TextNode): number {
  return leaf.terms.length + (leaf.kind === 'prefix' ? 1 : 0);
}

/** The indexes in `promptTerms` at which the leaf begins. @param limit the first so many */
export function findMatches(
  leaf: TextNode,
  promptTerms: readonly Term[],
  limit = Number.POSITIVE_INFINITY,
): number[] {
  const found: number[] = [];
  const first = leaf.terms[0];
  for (let at = 0; at + countTerms(leaf) <= promptTerms.length && found.length < limit; at += 1) {
    if (first !== undefined && promptTerms[at]?.term !== first) continue;
    if (hasMatchAt(leaf, promptTerms, at)) found.push(at);
  }
  return found;
}

/** Whether the leaf occurs. */
export function hasMatch(leaf: TextNode, promptTerms: readonly Term[]): boolean {
  return findMatches(leaf, promptTerms, 1).length > 0;
}

function hasMatchAt(leaf: TextNode, promptTerms: readonly Term[], at: number): boolean {
  if (!leaf.terms.every((term, offset) => promptTerms[at + offset]?.term === term)) return false;
  if (leaf.kind === 'phrase') return true;
  return promptTerms[at + leaf.terms.length]?.word?.startsWith(leaf.prefix) ?? false;
}

/** Whether a prompt has a node that consists of text alone. */
export function hasNode(node: QueryNode, promptTerms: readonly Term[]): boolean {
  switch (node.kind) {
    case 'phrase':
    case 'prefix':
      return hasMatch(node, promptTerms);
    case 'and':
      return node.parts.every((part) => hasNode(part, promptTerms));
    case 'or':
      return node.parts.some((part) => hasNode(part, promptTerms));
    default:
      return false;
  }
}
