/** Search: a page of matches in time order or by relevance, and the number of matches. */
import { createQuery } from '../../../search/ast.ts';
import { splitQuery } from '../../../search/close/split-query.ts';
import {
  COUNT_LIMIT,
  type Hit,
  MAX_PAGE_CHARACTERS,
  type PromptGroup,
  type SearchPage,
  type SearchRequest,
  type SearchStore,
} from '../../contract/search.ts';
import type { StoredTask } from '../../contract/tasks.ts';
import { describeCloseHit } from '../../rules/close-ranking.ts';
import { type RowPage, takeTimePage } from '../../rules/time-page.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, collectParams } from '../filter-sql.ts';
import type { Synchronous } from '../synchronous.ts';
import { STORED_TASK } from '../task-statements.ts';
import type { TimedRow } from '../time-order.ts';
import { type CloseRow, findCloseMatches } from './close.ts';
import { countUpTo } from './count-up-to.ts';
import { readPromptGroup } from './prompt-groups.ts';
import { findRankedPage } from './relevance.ts';
import { compileSearch, type SearchSql } from './search-sql.ts';
import { compileHits, findNewestOfPrompts, findTimePage, type Hits, takeRows } from './time-search.ts';

export interface IndexState {
  /** How far a row's position may be above the slot of its time. */
  readonly maxDisplacement: number;
  /** From when on tasks are indexed; undefined when all are. */
  readonly indexedFromMs: number | undefined;
}

export function createSearchStore(
  db: Sqlite,
  state: () => IndexState,
): Synchronous<Pick<SearchStore, 'search'>> {
  const { raw } = db;
  const load = raw.prepare<[number], StoredTask>(
    `SELECT ${STORED_TASK} FROM tasks WHERE position = CAST(? AS INTEGER)`,
  );

  const positionOf = raw.prepare<[string], { position: number }>('SELECT position FROM tasks WHERE id = ?');

  /** The position of the newest task of a group. */
  const findPosition = ({ tasks: [newest] }: PromptGroup, fallback: number): number =>
    (newest && positionOf.get(newest.id)?.position) ?? fallback;

  /** Close matches follow when the exact ones end. In the order of time there are only some when nothing matches exactly. */
  const addCloseMatches = (
    request: SearchRequest,
    { limit, found, hits }: { limit: number; found: number; hits: Hits },
    findExactPage: (limit: number) => RowPage<TimedRow>,
  ): RowPage<TimedRow & { close?: CloseRow }> & Pick<SearchPage, 'closeRanking'> => {
    const exact = request.after?.close
      ? { rows: [], next: undefined, ranked: request.sort === 'relevance' ? ('all' as const) : undefined }
      : findExactPage(limit);
    const canFollow = request.sort === 'relevance' ? found <= COUNT_LIMIT : found === 0;
    if (request.match !== 'close' || exact.next || !canFollow) return exact;
    const left = { ...request, limit: limit - exact.rows.length };
    const { rows, next, ranking } = findCloseMatches(db, left, {
      maxDisplacement: hits.maxDisplacement,
      without: hits.sql.readsNotes ? readPositions(db, hits, request.groupByPrompt) : NONE,
    });
    return {
      ...exact,
      rows: [...exact.rows, ...rows.map((close) => ({ ...close, close }))],
      next,
      closeRanking: ranking,
    };
  };

  return {
    search: (request) => {
      const { maxDisplacement, indexedFromMs } = state();
      const exact = compileHits(db, request, maxDisplacement);
      const { sql, conditions } = exact;
      const newest = request.groupByPrompt
        ? takeRows(findNewestOfPrompts(db, exact), COUNT_LIMIT + 1)
        : undefined;
      const found = newest?.length ?? countUpTo(db, { from: sql.countFrom, conditions }, COUNT_LIMIT + 1);

      /** What the groups of close matches must have; made for the first of them. */
      let strictSql: SearchSql | undefined;
      const getStrictSql = () => {
        strictSql ??= compileSearch(
          db,
          createQuery(splitQuery(request.query).strict),
          request.filter,
          maxDisplacement,
        );
        return strictSql;
      };

      /** @returns fewer hits than rows when their documents are too large for one page */
      const loadHits = (
        rows: readonly (TimedRow & { close?: CloseRow })[],
      ): { hits: Hit[]; rowsRead: number } => {
        const hits: Hit[] = [];
        let size = 0;
        for (const [at, { position, close }] of rows.entries()) {
          db.checkInterrupt?.();
          const group = request.groupByPrompt
            ? readPromptGroup(db, close ? getStrictSql() : sql, position, { withUses: request.withUses })
            : undefined;
          // The candidates of close matches are not always the newest with their prompt.
          const task = load.get(close && group ? findPosition(group, position) : position);
          if (!task) continue;
          size += task.text.length;
          if (size > MAX_PAGE_CHARACTERS && hits.length > 0) return { hits, rowsRead: at };
          hits.push({
            task,
            ...(group ? { group } : {}),
            ...(close ? { close: describeCloseHit(close) } : {}),
          });
        }
        return { hits, rowsRead: rows.length };
      };
      const findExactPage = (limit: number) => {
        const { sort, after } = request;
        if (sort === 'relevance')
          return findRankedPage(db, { ...request, limit }, { hits: exact, found, newest });
        if (sort === 'newest' && !after && newest) return takeTimePage(newest, { sort, limit, after });
        return findTimePage(db, exact, { sort, limit, after });
      };
      const findPage = (limit: number) =>
        addCloseMatches(request, { limit, found, hits: exact }, findExactPage);
      const whole = findPage(request.limit);
      const { hits, rowsRead } = loadHits(whole.rows);
      const page = rowsRead < whole.rows.length ? findPage(rowsRead) : whole;
      return {
        hits,
        next: page.next,
        ranked: page.ranked,
        total: Math.min(found, COUNT_LIMIT),
        totalIsExact: found <= COUNT_LIMIT,
        ...(page.ranking ? { ranking: page.ranking } : {}),
        ...(page.closeRanking ? { closeRanking: page.closeRanking } : {}),
        indexedFromMs,
      };
    },
  };
}

const NONE: ReadonlySet<number> = new Set();

/** Of all hits, which are few when close matches follow; of groups, also the other tasks with their prompts. */
function readPositions(
  { raw }: Sqlite,
  { sql, conditions }: Hits,
  withPrompts: boolean | undefined,
): ReadonlySet<number> {
  const ofHits = `FROM ${sql.from} ${buildWhereClause(conditions)}`;
  const positions = raw
    .prepare<unknown[], number>(
      withPrompts
        ? `SELECT position FROM tasks INDEXED BY tasks_prompt WHERE prompt_hash IN (SELECT tasks.prompt_hash ${ofHits})`
        : `SELECT ${sql.position} ${ofHits}`,
    )
    .pluck()
    .all(...collectParams(conditions));
  return new Set(positions);
}
