/** Searching: a page of matches in the order of time, or by relevance, and how many there are. */
import type { Cursor } from '../../../search/cursor.ts';
import {
  COUNT_LIMIT,
  type Hit,
  RANKING_LIMIT,
  type SearchPage,
  type SearchRequest,
} from '../../contract/search.ts';
import type { StoredTask } from '../../contract/tasks.ts';
import type { Sqlite } from '../database.ts';
import { type Condition, params, timeConditions, where } from '../filter-sql.ts';
import { slotOf } from '../position.ts';
import { STORED_TASK } from '../task-statements.ts';
import { compareInTime, type Direction, inTimeOrder, type TimedRow } from '../time-order.ts';
import { isNewestOfPrompt, promptGroup } from './prompt-groups.ts';
import { rankingBasis, type Scored, scoreAll } from './relevance.ts';
import { type SearchSql, searchSql } from './search-sql.ts';

export interface SearchStore {
  search(request: SearchRequest): SearchPage;
}

/** @param state how far behind its time's slot a row may stand, and from when on the index is whole */
export function createSearchStore(
  db: Sqlite,
  state: () => { drift: number; indexedFromMs: number | undefined },
): SearchStore {
  const { raw } = db;
  const load = raw.prepare<[number], StoredTask>(
    `SELECT ${STORED_TASK} FROM tasks WHERE position = CAST(? AS INTEGER)`,
  );

  /** Matches in the order of time. */
  const matches = (sql: SearchSql, conditions: readonly Condition[], direction: Direction, drift: number) => {
    const order = direction === 'newest' ? 'DESC' : 'ASC';
    const rows = raw
      .prepare<unknown[], TimedRow>(
        `SELECT ${sql.position} AS position, tasks.created_at AS createdAt, tasks.id AS id
         FROM ${sql.from} ${where(conditions)} ORDER BY ${sql.position} ${order}`,
      )
      .iterate(...params(conditions));
    return inTimeOrder(rows, direction, drift);
  };

  const countUpTo = (from: string, conditions: readonly Condition[], limit: number): number => {
    const counted = raw
      .prepare<unknown[], { n: number }>(
        `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} ${where(conditions)} LIMIT ${limit + 1})`,
      )
      .get(...params(conditions));
    return counted?.n ?? 0;
  };

  const byTime = (
    { limit, after }: SearchRequest,
    sort: Direction,
    sql: SearchSql,
    conditions: readonly Condition[],
    drift: number,
  ): Page => {
    const onPage = after ? [...conditions, beyond(after, sort, sql.position, drift)] : conditions;
    const rows: TimedRow[] = [];
    for (const row of matches(sql, onPage, sort, drift)) {
      if (after && compareInTime(sort, { createdAt: after.createdAtMs, id: after.id }, row) >= 0) continue;
      rows.push(row);
      if (rows.length > limit) break;
    }
    const last = rows[limit - 1];
    const next = rows.length > limit && last ? { sort, createdAtMs: last.createdAt, id: last.id } : undefined;
    return { rows: rows.slice(0, limit), next, ranked: undefined };
  };

  /** Ranks the newest matches. A later page ranks the window of the first again, by the same measures. */
  const byRelevance = (
    { query, filter, limit, after, nowMs }: SearchRequest,
    sql: SearchSql,
    conditions: readonly Condition[],
    found: number,
    drift: number,
  ): Page => {
    const before = after?.ranking;
    const window: TimedRow[] = [];
    const inWindow = before ? [...conditions, ...within(before, sql.position, drift)] : conditions;
    for (const row of matches(sql, inWindow, 'newest', drift)) {
      window.push(row);
      if (window.length >= (before ? 2 : 1) * RANKING_LIMIT) break; // twice: old tasks may have come in between
    }
    const [newest, oldest] = [window[0], window.at(-1)];
    if (!newest || !oldest) return { rows: [], next: undefined, ranked: before?.ranked ?? 'all' };

    const isLimited = filter.within !== undefined;
    const basis = before ?? rankingBasis(db, { query, isLimited }, window, nowMs);
    const scored = scoreAll(db, query, window, basis).sort(compareScored);
    const rest = before
      ? scored.filter((hit) => compareScored({ score: before.score, id: after.id }, hit) < 0)
      : scored;
    const rows = rest.slice(0, limit);
    const last = rows.at(-1);
    const ranked = before?.ranked ?? (found > RANKING_LIMIT ? 'newest' : 'all');
    const ranking = {
      weights: [...basis.weights],
      averageLength: basis.averageLength,
      nowMs: basis.nowMs,
      score: last?.score ?? 0,
      newestMs: before?.newestMs ?? newest.createdAt,
      oldestMs: before?.oldestMs ?? oldest.createdAt,
      ranked,
    };
    const next: Cursor | undefined =
      rest.length > limit && last
        ? { sort: 'relevance', createdAtMs: last.createdAt, id: last.id, ranking }
        : undefined;
    return { rows, next, ranked };
  };

  return {
    search: (request) => {
      const { drift, indexedFromMs } = state();
      const sql = searchSql(db, request.query, request.filter, drift);
      const hitConditions = request.groupByPrompt
        ? [...sql.conditions, isNewestOfPrompt(sql)]
        : sql.conditions;
      const found = countUpTo(request.groupByPrompt ? sql.from : sql.countFrom, hitConditions, COUNT_LIMIT);

      const hitsOf = (rows: readonly TimedRow[]): Hit[] =>
        rows.flatMap(({ position }) => {
          const task = load.get(position);
          if (!task) return [];
          return [request.groupByPrompt ? { task, group: promptGroup(db, sql, position) } : { task }];
        });
      const page =
        request.sort === 'relevance'
          ? byRelevance(request, sql, hitConditions, found, drift)
          : byTime(request, request.sort, sql, hitConditions, drift);
      return {
        hits: hitsOf(page.rows),
        next: page.next,
        ranked: page.ranked,
        total: Math.min(found, COUNT_LIMIT),
        totalIsExact: found <= COUNT_LIMIT,
        indexedFromMs,
      };
    },
  };
}

interface Page {
  readonly rows: readonly TimedRow[];
  readonly next: Cursor | undefined;
  readonly ranked: SearchPage['ranked'];
}

/** Best first; equals by id, so that no page repeats or leaves out one. */
function compareScored(a: Pick<Scored, 'score' | 'id'>, b: Pick<Scored, 'score' | 'id'>): number {
  return b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Positions at which a page behind a cursor may begin. */
function beyond({ createdAtMs }: Cursor, sort: Direction, position: string, drift: number): Condition {
  return sort === 'newest'
    ? { sql: `${position} <= CAST(? AS INTEGER)`, params: [slotOf(createdAtMs) + drift] }
    : { sql: `${position} >= CAST(? AS INTEGER)`, params: [slotOf(createdAtMs)] };
}

/** Created in the window. The positions matter: without them a page would read on to the oldest match of all. */
function within(
  { newestMs, oldestMs }: { newestMs: number; oldestMs: number },
  position: string,
  drift: number,
): Condition[] {
  return [
    ...timeConditions({ fromMs: oldestMs, toMs: newestMs }, position, drift),
    { sql: 'tasks.created_at BETWEEN ? AND ?', params: [oldestMs, newestMs] },
  ];
}
