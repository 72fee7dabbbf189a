/** Many rows as the parameters of one statement, an array for each column: a tenth of the time of a statement for each row. */
import { encodeArray } from './array-param.ts';
import type { Condition } from './conditions.ts';

/** A column: its type, and its value of each row. */
export type ColumnOf<Row> = readonly [type: string, getValue: (row: Row) => unknown];

/**
 * The rows as a table in the order in which they are given, for FROM, with `position` from 1 on beside the columns.
 * @param name of the table
 */
export function buildRows<Row>(
  name: string,
  columns: Readonly<Record<string, ColumnOf<Row>>>,
  rows: readonly Row[],
): Condition {
  const arrays = Object.values(columns).map(([type]) => `?::${type}[]`);
  return {
    sql: `unnest(${arrays.join(', ')}) WITH ORDINALITY AS ${name} (${Object.keys(columns).join(', ')}, position)`,
    params: Object.values(columns).map(([type, getValue]) => encodeArray(type, rows.map(getValue))),
  };
}
