/** Matches that have the words of a query near each other, as the full-text index decides. */
import type { Query } from '../../../search/ast.ts';
import { listNeighbours, MAX_TERMS_BETWEEN } from '../../rules/near-words.ts';
import type { Condition } from '../filter-sql.ts';
import { compileLeaf } from './match-expression.ts';
import type { SearchSql } from './search-sql.ts';

/** What a match must satisfy besides; undefined for a single word, and when the index does not lead the search. */
export function buildNearCondition(query: Query, { position }: SearchSql): Condition | undefined {
  const pairs = listNeighbours(query);
  if (pairs.length === 0 || position !== 'prompt_index.rowid') return undefined;
  const near = pairs.map((pair) => `NEAR(${pair.map(compileLeaf).join(' ')}, ${MAX_TERMS_BETWEEN})`);
  return { sql: 'prompt_index MATCH ?', params: [near.join(' AND ')] };
}
