/** The values of a TaskFilter and the fields of a query by column, for engines to compile. */
import type { FieldNode, QueryNode } from '../../search/ast.ts';
import type { FilterColumn } from '../contract/tasks.ts';

const IS_FILTER_COLUMN: Readonly<Record<FilterColumn, true>> = {
  state: true,
  model: true,
  size: true,
  action: true,
  seed: true,
  id: true,
  type: true,
  userId: true,
  applicationId: true,
};
const FILTER_COLUMNS = Object.keys(IS_FILTER_COLUMN) as FilterColumn[]; // the record has exactly these keys

/** The values of a filter by column, without empty lists. */
export function listFilterValues(
  values: Readonly<Partial<Record<FilterColumn, readonly string[]>>> = {},
): { readonly column: FilterColumn; readonly values: readonly string[] }[] {
  return FILTER_COLUMNS.map((column) => ({ column, values: values[column] ?? [] })).filter(
    (named) => named.values.length > 0,
  );
}

/** Whole texts of one column, as alternatives: they cost about as much as one of them. */
export type ValueList = readonly FieldNode[];

/** Separates the alternatives that can become one condition per column. */
export function groupValues(parts: readonly QueryNode[]): { lists: ValueList[]; others: QueryNode[] } {
  const lists = new Map<FilterColumn, FieldNode[]>();
  const others: QueryNode[] = [];
  for (const part of parts) {
    const isWholeText =
      part.kind === 'field' && !part.isPrefix && (part.valueKind === 'text' || part.valueKind === 'enum');
    if (isWholeText) lists.set(part.field, [...(lists.get(part.field) ?? []), part]);
    else others.push(part);
  }
  return { lists: [...lists.values()], others };
}
