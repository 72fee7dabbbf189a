/** Compiles the query AST to a tsquery. Every lexeme is quoted, so user input is never its syntax. */
import type { QueryNode, TextNode } from '../../../search/ast.ts';
import { HIDDEN_TERM, listTestedTerms } from '../../rules/mark-terms.ts';
import { isNegated } from '../../rules/query-parts.ts';
import { listRunLexemes, MAX_LEXEME_CHARACTERS, quoteLexeme, WORD_SIGN } from './index-entry.ts';

/** What the index finds for a node. */
export interface Match {
  /** A tsquery. */
  readonly tsquery: string;
  /** Whether all rows that it finds match; else each must be checked. */
  readonly isExact: boolean;
}

export const NOT_HIDDEN = `!${quoteLexeme(HIDDEN_TERM)}`;

/** @returns undefined when the index can't find the rows of a node: fields, times, and what is purely negated */
export function compileMatch(node: QueryNode): Match | undefined {
  switch (node.kind) {
    case 'phrase':
    case 'prefix':
      return compileLeaf(node);
    case 'mark': {
      const tested = listTestedTerms(node.test);
      if (!tested) return undefined;
      const lexemes = tested.terms.map((term) =>
        tested.isPrefix ? `${quoteLexeme(term)}:*` : quoteLexeme(term),
      );
      return lexemes.length === 0 ? undefined : { tsquery: joinAny(lexemes), isExact: true };
    }
    case 'or': {
      const parts = node.parts.map(compileMatch).filter((part) => part !== undefined);
      if (parts.length < node.parts.length || parts.length === 0) return undefined;
      return {
        tsquery: joinAny(parts.map(({ tsquery }) => tsquery)),
        isExact: parts.every(({ isExact }) => isExact),
      };
    }
    case 'and':
      return compileAllOf(node.parts)?.match;
    default:
      return undefined;
  }
}

/** The same for nodes that must all match. @returns also the nodes that need no check, as the index decides them */
export function compileAllOf(
  nodes: readonly QueryNode[],
): { readonly match: Match; readonly decided: ReadonlySet<QueryNode> } | undefined {
  const decided = new Set<QueryNode>();
  const wanted: string[] = [];
  const unwanted: string[] = [];
  for (const node of nodes) {
    const match = compileMatch(isNegated(node) ? node.part : node);
    if (!match || (isNegated(node) && !match.isExact)) continue;
    (isNegated(node) ? unwanted : wanted).push(match.tsquery);
    if (match.isExact) decided.add(node);
  }
  if (wanted.length === 0) return undefined; // GIN would read all rows
  const tsquery = `(${[...wanted, ...unwanted.map((one) => `!${one}`)].join(' & ')})`;
  return { match: { tsquery, isExact: decided.size === nodes.length }, decided };
}

function compileLeaf(leaf: TextNode): Match {
  const lexemes = listRunLexemes(leaf.terms).map(quoteLexeme);
  if (leaf.kind === 'phrase') return { tsquery: joinAll(lexemes), isExact: lexemes.length === 1 };
  const letters = Array.from(leaf.prefix);
  const prefix = `${quoteLexeme(WORD_SIGN + letters.slice(0, MAX_LEXEME_CHARACTERS).join(''))}:*`;
  return {
    tsquery: joinAll([...lexemes, prefix]),
    isExact: lexemes.length === 0 && letters.length <= MAX_LEXEME_CHARACTERS,
  };
}

function joinAll(parts: readonly string[]): string {
  return parts.length === 1 ? `${parts[0]}` : `(${parts.join(' & ')})`;
}

function joinAny(parts: readonly string[]): string {
  return parts.length === 1 ? `${parts[0]}` : `(${parts.join(' | ')})`;
}
