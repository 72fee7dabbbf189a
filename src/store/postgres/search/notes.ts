/** Tells whether words of a query are in notes: then not all tasks with the same prompt match alike. */
import type { Query, QueryNode, TextNode } from '../../../search/ast.ts';
import type { Snapshot } from '../snapshot.ts';
import { compileMatch } from './match-expression.ts';

/** Whether some note has a word or phrase of the query, or at least all words of one. */
export async function isInNotes(snapshot: Snapshot, { parts }: Pick<Query, 'parts'>): Promise<boolean> {
  const matches = parts.flatMap(collectLeaves).flatMap((leaf) => compileMatch(leaf) ?? []);
  if (matches.length === 0) return false;
  const [row] = await snapshot.query<{ isFound: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM marks WHERE note <> '' AND note_tokens @@ $1::tsquery) AS "isFound"`,
    [matches.map(({ tsquery }) => tsquery).join(' | ')],
  );
  return row?.isFound === true;
}

function collectLeaves(node: QueryNode): TextNode[] {
  if (node.kind === 'phrase' || node.kind === 'prefix') return [node];
  if (node.kind === 'not') return collectLeaves(node.part);
  return node.kind === 'and' || node.kind === 'or' ? node.parts.flatMap(collectLeaves) : [];
}
