/** Reads a query for exact or for close matches: the latter need not have small words. */
import type { Query } from '../ast.ts';
import { extractTerms } from '../terms.ts';
import { findSmallWords } from './small-words.ts';
import { splitQuery } from './split-query.ts';

export const MATCH_MODES = ['exact', 'close'] as const;
export type MatchMode = (typeof MATCH_MODES)[number];

export interface RequiredQuery {
  /** What hits must have, or come close to. */
  readonly query: Query;
  /** The words that are not required, as typed. */
  readonly dropped: readonly string[];
}

export function readForMatch(query: Query, match: MatchMode): RequiredQuery {
  return match === 'close' ? dropSmallWords(query) : { query, dropped: [] };
}

/** The query without its small words outside quotes, unless it has no others. */
export function dropSmallWords(query: Query): RequiredQuery {
  const loose = new Map(splitQuery(query).loose.map(({ node, text }) => [node, readWords(text)]));
  const words = [...loose.values()].flat();
  const small = findSmallWords(words.filter((word) => word !== undefined));
  const isSmall = (at: number) => {
    const node = query.parts[at];
    const own = node?.kind === 'phrase' ? loose.get(node) : undefined;
    return own?.every((word) => word !== undefined && small.has(word)) ?? false;
  };
  const isKept = query.parts.map((_, at) => !isSmall(at));
  const hasOtherWords = query.parts.some((node, at) => isKept[at] && loose.has(node));
  if (!hasOtherWords) return { query, dropped: [] };
  return {
    query: {
      ...query,
      parts: query.parts.filter((_, at) => isKept[at]),
      texts: query.texts.filter((_, at) => isKept[at]),
    },
    dropped: query.texts.filter((_, at) => !isKept[at]),
  };
}

/** The folded words of a text; undefined for each character that is a term of its own. */
function readWords(text: string): (string | undefined)[] {
  return extractTerms(text).map(({ word }) => word);
}
