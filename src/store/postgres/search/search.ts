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
} from '../../contract/search.ts';
import { describeCloseHit } from '../../rules/close-ranking.ts';
import { type Direction, type RowPage, takeTimePage } from '../../rules/time-page.ts';
import type { Snapshot } from '../snapshot.ts';
import { findArtifacts } from './artifacts.ts';
import { type CloseRow, findCloseMatches } from './close.ts';
import { isInNotes } from './notes.ts';
import { readPromptGroups } from './prompt-groups.ts';
import { readTasks } from './read-tasks.ts';
import { readIndexedFrom } from './reindex.ts';
import { findRankedPage } from './relevance.ts';
import { compileSearch, type SearchSql } from './search-sql.ts';
import {
  compileHits,
  countHits,
  type FoundHits,
  findTimePage,
  findWhileDense,
  type Hits,
  readAnyHits,
  type TimedRow,
} from './time-search.ts';

export async function searchPrompts(snapshot: Snapshot, request: SearchRequest): Promise<SearchPage> {
  const exact = await compileHits(snapshot, request);
  const first = await findFirst(snapshot, exact, request.sort);
  const found = first.isEnough ? first.rows.length : await countHits(snapshot, exact, COUNT_LIMIT + 1);
  const findExactPage = (limit: number): Promise<RowPage<TimedRow>> =>
    request.sort === 'relevance'
      ? findRankedPage(snapshot, { ...request, limit }, { hits: exact, found })
      : findPageInTime(snapshot, { hits: exact, first }, { sort: request.sort, limit, after: request.after });
  const findPage = (limit: number) =>
    addCloseMatches(snapshot, { ...request, limit }, { hits: exact, found }, findExactPage);
  const whole = await findPage(request.limit);
  const { hits, rowsRead } = await loadHits(snapshot, request, exact, whole.rows);
  const page = rowsRead < whole.rows.length ? await findPage(rowsRead) : whole;
  return {
    hits,
    next: page.next,
    ranked: page.ranked,
    total: Math.min(found, COUNT_LIMIT),
    totalIsExact: found <= COUNT_LIMIT,
    ...(page.ranking ? { ranking: page.ranking } : {}),
    ...(page.closeRanking ? { closeRanking: page.closeRanking } : {}),
    indexedFromMs: await readIndexedFrom(snapshot),
  };
}

type FoundRow = TimedRow & { readonly close?: CloseRow };

/** Close matches follow when the exact ones end. In the order of time there are only some when nothing matches exactly. */
async function addCloseMatches(
  snapshot: Snapshot,
  request: SearchRequest,
  { hits, found }: { hits: Hits; found: number },
  findExactPage: (limit: number) => Promise<RowPage<TimedRow>>,
): Promise<RowPage<FoundRow> & Pick<SearchPage, 'closeRanking'>> {
  const exact = request.after?.close
    ? { rows: [], next: undefined, ranked: request.sort === 'relevance' ? ('all' as const) : undefined }
    : await findExactPage(request.limit);
  const canFollow = request.sort === 'relevance' ? found <= COUNT_LIMIT : found === 0;
  if (request.match !== 'close' || exact.next || !canFollow) return exact;
  const without = (await isInNotes(snapshot, request.query)) ? await listExact(snapshot, hits) : NONE;
  const left = { ...request, limit: request.limit - exact.rows.length };
  const { rows, next, ranking } = await findCloseMatches(snapshot, left, without);
  return {
    ...exact,
    rows: [...exact.rows, ...rows.map((close) => ({ ...close, close }))],
    next,
    closeRanking: ranking,
  };
}

const NONE: ReadonlySet<number> = new Set();

/**
 * The keys of all hits, of which there are few when close matches follow: some match by their notes, which a candidate's prompt does not
 * show. Of groups, also of the other tasks with their prompts.
 */
async function listExact(snapshot: Snapshot, hits: Hits): Promise<ReadonlySet<number>> {
  const { keys } = await readAnyHits(snapshot, hits, COUNT_LIMIT);
  if (!hits.isGrouped) return new Set(keys);
  const rows = await snapshot.query<{ arrival: number }>(
    `SELECT arrival FROM tasks WHERE prompt_hash IN (SELECT prompt_hash FROM tasks WHERE arrival = ANY($1::bigint[]))`,
    [keys],
  );
  return new Set(rows.map(({ arrival }) => arrival));
}

/** As many hits as are counted, in the order of the search: unless they are few among many tasks, the page is among them. */
function findFirst(snapshot: Snapshot, hits: Hits, sort: SearchRequest['sort']): Promise<FoundHits> {
  const direction = sort === 'oldest' ? 'oldest' : 'newest';
  return findWhileDense(snapshot, hits, { direction, limit: COUNT_LIMIT + 1 });
}

/** @param options.first the hits that were counted: nearly all pages are among them */
async function findPageInTime(
  snapshot: Snapshot,
  { hits, first }: { hits: Hits; first: FoundHits },
  page: { sort: Direction; limit: number; after: SearchRequest['after'] },
): Promise<RowPage<TimedRow>> {
  const known = takeTimePage(first.rows, page);
  const hasAll = first.isEnough && first.rows.length <= COUNT_LIMIT;
  const isWhole = hasAll || known.next !== undefined;
  return isWhole ? known : findTimePage(snapshot, hits, page);
}

/** @returns fewer hits than rows when their documents are too large for one page */
async function loadHits(
  snapshot: Snapshot,
  request: SearchRequest,
  { sql }: Hits,
  rows: readonly FoundRow[],
): Promise<{ hits: Hit[]; rowsRead: number }> {
  const groups = request.groupByPrompt ? await readGroups(snapshot, request, sql, rows) : [];
  const shown = await findShown(snapshot, rows, groups);
  const hits: Hit[] = [];
  let size = 0;
  for await (const { task: key, ...task } of readTasks(snapshot, shown)) {
    const at = shown.indexOf(key, hits.length);
    size += task.text.length;
    if (size > MAX_PAGE_CHARACTERS && hits.length > 0) return { hits, rowsRead: at };
    const [group, close] = [groups[at], rows[at]?.close];
    hits.push({
      task,
      ...(group ? { group } : {}),
      ...(close ? { close: describeCloseHit(close) } : {}),
    });
  }
  return { hits, rowsRead: rows.length };
}

/** The groups of rows. What those of close matches must have is the strict part of the query. */
async function readGroups(
  snapshot: Snapshot,
  { query, filter, withUses }: SearchRequest,
  sql: SearchSql,
  rows: readonly FoundRow[],
): Promise<(PromptGroup | undefined)[]> {
  const [exact, close] = [rows.filter((row) => !row.close), rows.filter((row) => row.close)];
  const read = (some: readonly FoundRow[], of: SearchSql) =>
    readPromptGroups(
      snapshot,
      of,
      some.map(({ task }) => task),
      { withUses },
    );
  const groups = await read(exact, sql);
  if (close.length === 0) return groups;
  const strict = createQuery(splitQuery(query).strict);
  const strictSql = compileSearch(strict, filter, await findArtifacts(snapshot, strict));
  return [...groups, ...(await read(close, strictSql))]; // close matches follow
}

/** The keys of the tasks that are shown: a candidate for a close match is not always the newest with its prompt. */
async function findShown(
  snapshot: Snapshot,
  rows: readonly FoundRow[],
  groups: readonly (PromptGroup | undefined)[],
): Promise<number[]> {
  const newestOf = rows.map(({ close }, at) => (close ? groups[at]?.tasks[0]?.id : undefined));
  const found = await snapshot.query<{ id: string; arrival: number }>(
    'SELECT id, arrival FROM tasks WHERE id = ANY($1::text[])',
    [newestOf.filter((id) => id !== undefined)],
  );
  const keys = new Map(found.map(({ id, arrival }) => [id, arrival]));
  return rows.map(({ task }, at) => keys.get(newestOf[at] ?? '') ?? task);
}
