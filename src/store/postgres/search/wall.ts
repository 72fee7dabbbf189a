/** The layout of a month of hits, and the place of a hit: from a few small columns, for a month may have thirty thousand. */
import { createPeriodFinder, type TimeRange } from '../../../search/dates.ts';
import type { TaskId } from '../../../task/id.ts';
import type { TaskState } from '../../../task/state.ts';
import type { LayoutRequest, PlaceRequest, WallLayout, WallPlace } from '../../contract/wall.ts';
import { createSliceCursors } from '../../rules/slice-cursors.ts';
import { compareInTime, type Direction, type Timed } from '../../rules/time-page.ts';
import { createRatioFinder } from '../../rules/wall-ratio.ts';
import { numberParams } from '../conditions.ts';
import type { Snapshot } from '../snapshot.ts';
import { buildMatches, type MatchesSql } from './matches-sql.ts';
import { readPromptGroups } from './prompt-groups.ts';
import { readIndexedFrom } from './reindex.ts';
import { compileHits, findTimePage, type Hits, type TimedRow } from './time-search.ts';

interface Tile extends Timed {
  readonly state: TaskState;
  readonly ratio: number;
}

const OPPOSITE = { newest: 'oldest', oldest: 'newest' } as const satisfies Record<Direction, Direction>;

export async function layOutMonth(snapshot: Snapshot, request: LayoutRequest): Promise<WallLayout> {
  const hits = await compileHits(snapshot, request);
  const rows = (await readTiles(snapshot, restrict(hits, request.month))).sort((a, b) =>
    compareInTime(request.sort, a, b),
  );
  return {
    states: rows.map(({ state }) => state),
    ratios: Uint8Array.from(rows, ({ ratio }) => ratio),
    cursors: createSliceCursors(rows, request),
    indexedFromMs: await readIndexedFrom(snapshot),
  };
}

/** @returns undefined if the task is not among the matches */
export async function findPlace(snapshot: Snapshot, request: PlaceRequest): Promise<WallPlace | undefined> {
  const { sort, timeZone } = request;
  const hits = await compileHits(snapshot, request);
  const hit = await findHit(snapshot, hits, request);
  if (!hit) return undefined;
  const month = createPeriodFinder('month', timeZone)(hit.createdAt);
  const findNeighbour = async (direction: Direction): Promise<TaskId | undefined> => {
    const after = { sort: direction, createdAtMs: hit.createdAt, id: hit.id };
    const { rows } = await findTimePage(snapshot, hits, { sort: direction, limit: 1, after });
    return rows[0]?.id as TaskId | undefined; // stored under an id
  };
  return {
    id: hit.id as TaskId, // stored under an id
    createdAtMs: hit.createdAt,
    ...(await findIndex(snapshot, restrict(hits, month), { hit, sort })),
    previous: await findNeighbour(OPPOSITE[sort]),
    next: await findNeighbour(sort),
    indexedFromMs: await readIndexedFrom(snapshot),
  };
}

/** The hits that were created in a range of time. */
function restrict({ sql, conditions }: Hits, range: TimeRange): MatchesSql {
  return buildMatches({ ...sql, conditions }, { range });
}

async function readTiles(snapshot: Snapshot, { from, where, params }: MatchesSql): Promise<Tile[]> {
  const rows = await snapshot.query<Timed & { state: TaskState; ratio: number | null; size: string | null }>(
    numberParams(
      `SELECT tasks.created_at AS "createdAt", tasks.id AS id, tasks.state AS state, tasks.size AS size,
         (SELECT ratio FROM task_images WHERE task_images.task = tasks.arrival AND n = 0) AS ratio ${from} ${where}`,
    ),
    params,
  );
  const findRatio = createRatioFinder();
  return rows.map(({ createdAt, id, state, ratio, size }) => ({
    ...{ createdAt, id, state },
    ratio: findRatio(ratio ?? size),
  }));
}

/** The hit of a matching task: itself, or the newest match with its prompt. */
async function findHit(
  snapshot: Snapshot,
  hits: Hits,
  { id, groupByPrompt }: PlaceRequest,
): Promise<TimedRow | undefined> {
  const isTask = { sql: 'tasks.id = ?', params: [id] };
  const { from, where, params } = buildMatches(hits.sql, { more: [isTask], isOneRow: true });
  const [matching] = await snapshot.query<TimedRow>(
    numberParams(
      `SELECT tasks.arrival AS task, tasks.created_at AS "createdAt", tasks.id AS id ${from} ${where}`,
    ),
    params,
  );
  if (!matching || !groupByPrompt) return matching;
  const [group] = await readPromptGroups(snapshot, hits.sql, [matching.task]);
  const newest = group?.tasks[0];
  return newest && { task: matching.task, createdAt: newest.createdAtMs, id: newest.id };
}

/** How many hits a month has, and how many of them stand before one. */
async function findIndex(
  snapshot: Snapshot,
  { from, where, params }: MatchesSql,
  { hit, sort }: { hit: TimedRow; sort: Direction },
): Promise<{ count: number; index: number }> {
  const [row] = await snapshot.query<{ count: number; index: number }>(
    numberParams(
      `SELECT count(*) AS count, count(*) FILTER (
         WHERE (tasks.created_at, tasks.id) ${sort === 'newest' ? '>' : '<'} (?::bigint, ?)) AS index ${from} ${where}`,
    ),
    [hit.createdAt, hit.id, ...params],
  );
  return row ?? { count: 0, index: 0 };
}
