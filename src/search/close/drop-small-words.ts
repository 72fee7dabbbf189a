/** Drops the words of a query that a search for close matches does not require. */
import type { Query } from '../ast.ts';
import { extractTerms } from '../terms.ts';
import { findSmallWords } from './small-words.ts';
import { splitQuery } from './split-query.ts';

/**
 * The query without its small words outside quotes, unless it has no others.
 * @returns also the words, as typed
 */
export function dropSmallWords(query: Query): { query: Query; dropped: string[] } {
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
