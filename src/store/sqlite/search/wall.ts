/** The layout of a month of hits, and the place of a hit: from a few small columns, for a month may have thirty thousand. */
import { createPeriodFinder, type TimeRange } from '../../../search/dates.ts';
import type { TaskId } from '../../../task/id.ts';
import type { TaskState } from '../../../task/state.ts';
import type { PlaceRequest, WallStore } from '../../contract/wall.ts';
import { createSliceCursors } from '../../rules/slice-cursors.ts';
import { compareInTime, type Direction, type Timed } from '../../rules/time-page.ts';
import { createRatioFinder } from '../../rules/wall-ratio.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { yieldUntilInterrupted } from '../interrupt.ts';
import type { Synchronous } from '../synchronous.ts';
import type { TimedRow } from '../time-order.ts';
import { readPromptGroup } from './prompt-groups.ts';
import type { IndexState } from './search.ts';
import { compileHits, findTimePage, type Hits, restrictToTimes } from './time-search.ts';

interface Tile extends Timed {
  readonly state: TaskState;
  readonly ratio: number;
}

const OPPOSITE = { newest: 'oldest', oldest: 'newest' } as const satisfies Record<Direction, Direction>;

export function createWallStore(db: Sqlite, readState: () => IndexState): Synchronous<WallStore> {
  const findPosition = db.raw.prepare<[string], number>('SELECT position FROM tasks WHERE id = ?').pluck();

  /** The hit of a matching task: itself, or the newest match with its prompt. */
  const findHit = (hits: Hits, { id, groupByPrompt }: PlaceRequest): TimedRow | undefined => {
    const position = findPosition.get(id);
    if (position === undefined) return undefined;
    const matching = readRowAt(db, hits.sql, hits.sql.conditions, position);
    if (!matching || !groupByPrompt) return matching;
    const [newest] = readPromptGroup(db, hits.sql, position).tasks;
    const newestPosition = newest && findPosition.get(newest.id);
    if (!newest || newestPosition === undefined) return undefined;
    return { position: newestPosition, createdAt: newest.createdAtMs, id: newest.id };
  };

  return {
    layout: (request) => {
      const { maxDisplacement, indexedFromMs } = readState();
      const tiles = readTiles(
        db,
        restrictToTimes(db, compileHits(db, request, maxDisplacement), request.month),
      );
      const rows = tiles.sort((a, b) => compareInTime(request.sort, a, b));
      return {
        states: rows.map(({ state }) => state),
        ratios: Uint8Array.from(rows, ({ ratio }) => ratio),
        cursors: createSliceCursors(rows, request),
        indexedFromMs,
      };
    },

    place: (request) => {
      const { sort, timeZone } = request;
      const { maxDisplacement, indexedFromMs } = readState();
      const hits = compileHits(db, request, maxDisplacement);
      const hit = findHit(hits, request);
      if (!hit) return undefined;
      const month = createPeriodFinder('month', timeZone)(hit.createdAt);
      const findNeighbour = (direction: Direction): TaskId | undefined => {
        const after = { sort: direction, createdAtMs: hit.createdAt, id: hit.id };
        return findTimePage(db, hits, { sort: direction, limit: 1, after }).rows[0]?.id as TaskId | undefined;
      };
      return {
        id: hit.id as TaskId, // stored under an id
        createdAtMs: hit.createdAt,
        ...findIndex(db, hits, { hit, month, sort }),
        previous: findNeighbour(OPPOSITE[sort]),
        next: findNeighbour(sort),
        indexedFromMs,
      };
    },
  };
}

/** As four arrays in JSON, because thirty thousand rows one by one take twice as long. */
function readTiles(db: Sqlite, { sql, conditions }: Hits): Tile[] {
  const row = db.raw
    .prepare<unknown[], string[]>(
      `SELECT json_group_array(tasks.created_at), json_group_array(tasks.id), json_group_array(tasks.state),
         json_group_array(coalesce(
           (SELECT ratio FROM task_images WHERE task_images.position = ${sql.position} AND n = 0), tasks.size))
       FROM ${sql.from} ${buildWhereClause(conditions)}`,
    )
    .raw()
    .get(...collectParams(conditions));
  const [times = '[]', ids = '[]', states = '[]', shapes = '[]'] = row ?? [];
  const columns = {
    times: JSON.parse(times) as number[], // of the types of their columns
    ids: JSON.parse(ids) as string[],
    states: JSON.parse(states) as TaskState[],
    shapes: JSON.parse(shapes) as (number | string | null)[],
  };
  const findRatio = createRatioFinder();
  return columns.times.map((createdAt, at) => ({
    createdAt,
    id: columns.ids[at] ?? '',
    state: columns.states[at] ?? 'pending',
    ratio: findRatio(columns.shapes[at] ?? null),
  }));
}

function readRowAt(
  { raw }: Sqlite,
  { from, position: column }: Hits['sql'],
  conditions: readonly Condition[],
  position: number,
): TimedRow | undefined {
  const all = [{ sql: `${column} = CAST(? AS INTEGER)`, params: [position] }, ...conditions];
  return raw
    .prepare<unknown[], TimedRow>(
      `SELECT ${column} AS position, tasks.created_at AS createdAt, tasks.id AS id FROM ${from} ${buildWhereClause(all)}`,
    )
    .get(...collectParams(all));
}

/** How many hits a month has, and how many of them stand before one. */
function findIndex(
  db: Sqlite,
  hits: Hits,
  { hit, month, sort }: { hit: TimedRow; month: TimeRange; sort: Direction },
): { count: number; index: number } {
  const { sql, conditions } = restrictToTimes(db, hits, month);
  // The newest task of a prompt is found by columns that the narrow index does not have.
  const from = hits.conditions === sql.conditions ? sql.narrowFrom : sql.from;
  const [count = 0, before] =
    db.raw
      .prepare<unknown[], [count: number, before: number | null]>(
        `SELECT count(*), sum(tasks.created_at ${sort === 'newest' ? '>' : '<'} ?) FROM ${from} ${buildWhereClause(conditions)}`,
      )
      .raw()
      .get(hit.createdAt, ...collectParams(conditions)) ?? [];
  return { count, index: (before ?? 0) + countTiesBefore(db, hits, hit, sort) };
}

/** Ids are compared only among hits of the same time: the narrow index does not have them. */
function countTiesBefore(db: Sqlite, hits: Hits, hit: TimedRow, sort: Direction): number {
  const { sql, conditions } = restrictToTimes(db, hits, { fromMs: hit.createdAt, toMs: hit.createdAt + 1 });
  const ids = db.raw
    .prepare<unknown[], string>(`SELECT tasks.id FROM ${sql.from} ${buildWhereClause(conditions)}`)
    .pluck()
    .iterate(...collectParams(conditions));
  let before = 0;
  for (const id of yieldUntilInterrupted(db, ids))
    if (compareInTime(sort, { createdAt: hit.createdAt, id }, hit) < 0) before += 1;
  return before;
}
