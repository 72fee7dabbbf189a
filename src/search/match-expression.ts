/** From the query tree to an FTS5 MATCH expression. Every term is quoted, so nothing a person types is FTS5 syntax. */
import type { Query } from './query.ts';

/** The expression, to be bound as a parameter; undefined when the query matches everything. */
export function matchExpression(query: Query): string | undefined {
  if (query.parts.length === 0) return undefined;
  return query.parts.map((part) => `"${part.terms.join(' ')}"`).join(' AND ');
}
