/** Conditions with their parameters, which are numbered when the statement is complete. */

export interface Condition {
  /** With a `?` for each parameter. */
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** Joins the conditions into a WHERE clause; empty without conditions. */
export function buildWhereClause(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
}

/** The parameters of conditions, in their order. */
export function collectParams(conditions: readonly Condition[]): unknown[] {
  return conditions.flatMap(({ params }) => params);
}

/** Writes `$1`, `$2` … for each `?` of a statement. It must have no other: neither operators nor texts. */
export function numberParams(sql: string): string {
  let n = 0;
  return sql.replace(/\?/g, () => {
    n += 1;
    return `$${n}`;
  });
}
