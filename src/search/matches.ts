/** Finds phrases and word prefixes among the terms of a prompt. */
import type { TextNode } from './ast.ts';
import type { Term } from './terms.ts';

/** How many terms a leaf covers. */
export function countTerms(leaf: TextNode): number {
  return leaf.terms.length + (leaf.kind === 'prefix' ? 1 : 0);
}

/** The indexes in `promptTerms` at which the leaf begins. */
export function findMatches(leaf: TextNode, promptTerms: readonly Term[]): number[] {
  const found: number[] = [];
  const first = leaf.terms[0];
  for (let at = 0; at + countTerms(leaf) <= promptTerms.length; at += 1) {
    if (first !== undefined && promptTerms[at]?.term !== first) continue;
    if (hasMatchAt(leaf, promptTerms, at)) found.push(at);
  }
  return found;
}

function hasMatchAt(leaf: TextNode, promptTerms: readonly Term[], at: number): boolean {
  if (!leaf.terms.every((term, offset) => promptTerms[at + offset]?.term === term)) return false;
  if (leaf.kind === 'phrase') return true;
  return promptTerms[at + leaf.terms.length]?.word?.startsWith(leaf.prefix) ?? false;
}
