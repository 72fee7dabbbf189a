/** Searching and listing: from the query tree and the filter to rows, in the order of their positions. */
import { matchExpression } from '../search/match-expression.ts';
import {
  COUNT_LIMIT,
  type ListPage,
  type SearchPage,
  type SearchRequest,
  type StoredTask,
  type TaskFilter,
} from './contract.ts';
import type { Sqlite } from './database.ts';
import { type Condition, filterConditions } from './filter-sql.ts';
import { STORED_TASK } from './task-statements.ts';

export interface SearchStore {
  search(request: SearchRequest): SearchPage;
  list(filter: TaskFilter, page: { limit: number; offset: number }): ListPage;
  stream(): AsyncIterable<readonly StoredTask[]>;
}

type PositionedTask = StoredTask & { position: number };

const STREAM_PAGE = 500;

/** @param driftNow how far behind its time's slot a row may stand just now */
export function createSearchStore({ raw }: Sqlite, driftNow: () => number): SearchStore {
  const streamPage = raw.prepare<[number, number], PositionedTask>(
    `SELECT ${STORED_TASK}, tasks.position AS position FROM tasks WHERE position > CAST(? AS INTEGER) ORDER BY position LIMIT ?`,
  );

  return {
    search: ({ query, filter, sort, limit, after }) => {
      const match = matchExpression(query);
      // CROSS JOIN keeps the index outside: its rows come in the wanted order, so nothing is sorted.
      const from =
        match === undefined
          ? 'tasks'
          : 'prompt_index CROSS JOIN tasks ON tasks.position = prompt_index.rowid';
      const position = match === undefined ? 'tasks.position' : 'prompt_index.rowid';
      const matching: Condition[] = [
        ...(match === undefined ? [] : [{ sql: 'prompt_index MATCH ?', params: [match] }]),
        ...filterConditions(filter, position, driftNow()),
      ];
      const [beyond, order] = sort === 'newest' ? ['<', 'DESC'] : ['>', 'ASC'];
      const onPage =
        after === undefined
          ? matching
          : [...matching, { sql: `${position} ${beyond} CAST(? AS INTEGER)`, params: [after] }];

      const rows = raw
        .prepare<unknown[], PositionedTask>(
          `SELECT ${STORED_TASK}, tasks.position AS position FROM ${from} ${where(onPage)} ORDER BY ${position} ${order} LIMIT ?`,
        )
        .all(...params(onPage), limit + 1);
      const counted = raw
        .prepare<unknown[], { n: number }>(
          `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} ${where(matching)} LIMIT ${COUNT_LIMIT + 1})`,
        )
        .get(...params(matching));

      const total = counted?.n ?? 0;
      return {
        tasks: rows.slice(0, limit),
        next: rows.length > limit ? rows[limit - 1]?.position : undefined,
        total: Math.min(total, COUNT_LIMIT),
        totalIsExact: total <= COUNT_LIMIT,
      };
    },

    list: (filter, { limit, offset }) => {
      const conditions = filterConditions(filter, 'tasks.position', driftNow());
      const count = raw
        .prepare<unknown[], { n: number }>(`SELECT count(*) AS n FROM tasks ${where(conditions)}`)
        .get(...params(conditions));
      const rows = raw
        .prepare<unknown[], StoredTask>(
          `SELECT ${STORED_TASK} FROM tasks ${where(conditions)} ORDER BY tasks.position DESC LIMIT ? OFFSET ?`,
        )
        .all(...params(conditions), limit, offset);
      return { tasks: rows, count: count?.n ?? 0 };
    },

    async *stream() {
      let last = -1;
      for (;;) {
        const page = streamPage.all(last, STREAM_PAGE);
        if (page.length === 0) return;
        yield page;
        last = page.at(-1)?.position ?? last;
      }
    },
  };
}

function where(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
}

function params(conditions: readonly Condition[]): (string | number)[] {
  return conditions.flatMap((condition) => condition.params);
}
