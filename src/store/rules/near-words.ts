/** Words that stand next to each other in a query: a best match has them near each other. */
import { type PhraseNode, type Query, removeDuplicates } from '../../search/ast.ts';

/** Two words or phrases are near each other with at most so many terms between them, in either order. */
export const MAX_TERMS_BETWEEN = 10;
/** A query of hundreds of words is told by the first of them. */
const MAX_PAIRS = 8;

/** The pairs of neighbours among the words and phrases that every match has; none of a single word. */
export function listNeighbours({ parts }: Pick<Query, 'parts'>): [PhraseNode, PhraseNode][] {
  const phrases = removeDuplicates(parts.filter((part) => part.kind === 'phrase'));
  return phrases.slice(1, MAX_PAIRS + 1).flatMap((second, at): [PhraseNode, PhraseNode][] => {
    const first = phrases[at];
    return first ? [[first, second]] : [];
  });
}
