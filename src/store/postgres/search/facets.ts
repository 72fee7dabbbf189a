/**
 * Counts all matches by model, size, action, state, and over time: from the counts that are stored with the tasks as far as those can
 * decide the question, else by one pass over the matches.
 */
import {
  FACET_NAMES,
  type FacetRequest,
  type Facets,
  type HistogramBar,
  type HistogramRequest,
} from '../../contract/search.ts';
import { QUARTER_MS } from '../../rules/day-histogram.ts';
import { intersectQueryTimes } from '../../rules/query-parts.ts';
import { isDecidedByDays, isDecidedByValues, needsValues } from '../../rules/stored-counts.ts';
import {
  type QuarterRow,
  sumQuarters,
  tallyValues,
  type ValueFacets,
  type ValueRow,
} from '../../rules/tally-facets.ts';
import { numberParams } from '../conditions.ts';
import type { Snapshot } from '../snapshot.ts';
import { findArtifacts } from './artifacts.ts';
import { buildMatches, type MatchesSql } from './matches-sql.ts';
import { compileSearch } from './search-sql.ts';
import { readValueCounts, sumStoredDays } from './stored-counts.ts';
import { countTagFacet } from './tag-facet.ts';

const QUARTER = `tasks.created_at / ${QUARTER_MS}`;

export async function countFacets(snapshot: Snapshot, request: FacetRequest): Promise<Facets> {
  const { only = FACET_NAMES } = request;
  const scan = createScan(snapshot, request);
  const histogram = only.includes('histogram') ? await countBars(snapshot, request, scan.bars) : [];
  const tags = only.includes('tag') ? await countTagFacet(snapshot, request) : [];
  if (!needsValues(only)) {
    const total = histogram.reduce((sum, bar) => sum + bar.count, 0);
    return { total, models: [], sizes: [], actions: [], states: [], tags, histogram };
  }
  const values = isDecidedByValues(request)
    ? tallyValues(await readValueCounts(snapshot, request), snapshot.checkInterrupt)
    : await scan.values();
  return { ...values, tags, histogram };
}

/** The number of matches over time. */
export async function countHistogram(snapshot: Snapshot, request: HistogramRequest): Promise<HistogramBar[]> {
  return countBars(snapshot, request, () =>
    request.groupByPrompt ? scanPrompts(snapshot, request) : createScan(snapshot, request).bars(),
  );
}

async function countBars(
  snapshot: Snapshot,
  request: HistogramRequest,
  scan: () => Promise<HistogramBar[]>,
): Promise<HistogramBar[]> {
  if (!isDecidedByDays(request)) return scan();
  const bounds = intersectQueryTimes(request.filter, request.query);
  return sumStoredDays(snapshot, request, { bounds, measure: 'visible' });
}

async function buildMatchesOf(
  snapshot: Snapshot,
  { query, filter }: Pick<HistogramRequest, 'query' | 'filter'>,
): Promise<MatchesSql> {
  return buildMatches(compileSearch(query, filter, await findArtifacts(snapshot, query)));
}

interface ScanRow {
  /** Null in a row that counts values. */
  readonly quarter: number | null;
  readonly state: string;
  readonly model: string | null;
  readonly size: string | null;
  readonly action: string | null;
  readonly n: number;
}

/** Reads all matches once, however much is asked of them. */
function createScan(snapshot: Snapshot, request: HistogramRequest) {
  let reading: Promise<ScanRow[]> | undefined;
  const read = () => {
    reading ??= readMatches(snapshot, request);
    return reading;
  };
  return {
    values: async (): Promise<ValueFacets> => {
      const rows = (await read()).filter(({ quarter }) => quarter === null);
      return tallyValues(
        rows.map(({ state, model, size, action, n }): ValueRow => [state, model, size, action, n]),
        snapshot.checkInterrupt,
      );
    },
    bars: async (): Promise<HistogramBar[]> =>
      sumQuarters(
        (await read()).flatMap(({ quarter, n }): QuarterRow[] => (quarter === null ? [] : [[quarter, n]])),
        request,
      ),
  };
}

async function readMatches(snapshot: Snapshot, request: HistogramRequest): Promise<ScanRow[]> {
  const { from, where, params } = await buildMatchesOf(snapshot, request);
  return snapshot.query<ScanRow>(
    numberParams(
      `SELECT ${QUARTER} AS quarter, tasks.state, tasks.model, tasks.size, tasks.action, count(*) AS n ${from} ${where}
       GROUP BY GROUPING SETS ((1), (tasks.state, tasks.model, tasks.size, tasks.action))`,
    ),
    params,
  );
}

/** A prompt counts once, at the time of its newest match. */
async function scanPrompts(snapshot: Snapshot, request: HistogramRequest): Promise<HistogramBar[]> {
  const { from, where, params } = await buildMatchesOf(snapshot, request);
  const rows = await snapshot.query<{ quarter: number; n: number }>(
    numberParams(
      `SELECT newest / ${QUARTER_MS} AS quarter, count(*) AS n
       FROM (SELECT max(tasks.created_at) AS newest ${from} ${where} GROUP BY tasks.prompt_hash) AS prompts GROUP BY 1`,
    ),
    params,
  );
  return sumQuarters(
    rows.map(({ quarter, n }): QuarterRow => [quarter, n]),
    request,
  );
}
