/** What the parts of a query are about, for engines to compile. */
import type { Query, QueryNode, TextNode } from '../../search/ast.ts';
import { intersectTimes } from '../../search/dates.ts';
import type { TaskFilter } from '../contract/tasks.ts';

/** `before:`, `after:` and `on:` at the top level of the query narrow the filter's own bounds. */
export function intersectQueryTimes(filter: TaskFilter, query: Query): Pick<TaskFilter, 'fromMs' | 'toMs'> {
  return intersectTimes([filter, ...query.parts.filter((part) => part.kind === 'time')]);
}

export function isNegated(part: QueryNode): part is Extract<QueryNode, { kind: 'not' }> {
  return part.kind === 'not';
}

export function isLeaf(node: QueryNode): node is TextNode {
  return node.kind === 'phrase' || node.kind === 'prefix';
}

/** Whether a query says itself which hidden tasks it is about. */
function mentionsHidden(node: QueryNode): boolean {
  if (node.kind === 'mark') return node.test.of === 'hidden';
  if (node.kind === 'not') return mentionsHidden(node.part);
  return (node.kind === 'and' || node.kind === 'or') && node.parts.some(mentionsHidden);
}

/** Whether hidden tasks are left out of a search. */
export function leavesHiddenOut(query: Query, filter: TaskFilter): boolean {
  return !filter.includesHidden && !query.parts.some(mentionsHidden);
}
