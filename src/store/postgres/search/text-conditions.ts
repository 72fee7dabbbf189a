/** Checks the terms and words of a search row, or of a note, where the index can't decide (see index-entry.ts). */
import type { PhraseNode, Query, TextNode } from '../../../search/ast.ts';
import { listNeighbours, MAX_TERMS_BETWEEN } from '../../rules/near-words.ts';
import type { Condition } from '../conditions.ts';

/**
 * The condition that a row has a phrase or prefix.
 * @param row the SQL alias of a table with the columns `terms` and `words`
 */
export function buildTextCondition(leaf: TextNode, row: string): Condition {
  const run = ` ${leaf.terms.join(' ')} `;
  if (leaf.kind === 'phrase') return { sql: `strpos(${row}.terms, ?) > 0`, params: [run] };
  const prefix = ` ${leaf.prefix}`;
  if (leaf.terms.length === 0) return { sql: `strpos(${row}.words, ?) > 0`, params: [prefix] };
  return {
    // Nearly all rows without the run fail at the first two, which take a hundredth of the time.
    sql: `(strpos(${row}.terms, ?) > 0 AND strpos(${row}.words, ?) > 0
      AND has_term_run(${row}.terms, ${row}.words, ?::text[], ?))`,
    params: [run, prefix, leaf.terms, leaf.prefix],
  };
}

/** The conditions that a match has the words of a query near each other; none for a single word. */
export function buildNearConditions(query: Pick<Query, 'parts'>, row: string): Condition[] {
  return listNeighbours(query).map(([first, second]) => ({
    sql: `${row}.terms ~ ?`,
    params: [`${writeNear(first, second)}|${writeNear(second, first)}`],
  }));
}

/** As a regular expression: terms have none of its signs. Both share the space between them. */
function writeNear(first: PhraseNode, second: PhraseNode): string {
  return ` ${first.terms.join(' ')} (?:[^ ]+ ){0,${MAX_TERMS_BETWEEN}}${second.terms.join(' ')} `;
}
