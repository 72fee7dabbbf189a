/** How many prompts have a word or phrase: counted if they are few, else estimated from the density of the newest ones. */
import type { TextNode } from '../../../search/ast.ts';
import { RANKING_LIMIT } from '../../contract/search.ts';
import { estimateMatches, SAMPLE_SIZE } from '../../rules/relevance.ts';
import type { Condition } from '../conditions.ts';
import { buildWhereClause, collectParams, numberParams } from '../conditions.ts';
import type { Snapshot } from '../snapshot.ts';
import { listRunLexemes, quoteLexeme } from './index-entry.ts';
import { narrowMatch } from './matches-sql.ts';

/** Newest rows in which a common word is found without reading all that have it. */
const WINDOW_ROWS = 2000;

export interface PromptCounter {
  /** @returns how many of all prompts have each leaf; 0 exactly if none has it */
  count(leaves: readonly TextNode[]): Promise<number[]>;
}

/** @param total number of tasks */
export async function createPromptCounter(snapshot: Snapshot, total: number): Promise<PromptCounter> {
  const small = await findStart(snapshot, WINDOW_ROWS);
  const large = await findStart(snapshot, SAMPLE_SIZE);
  return {
    count: async (leaves) => {
      const counts: number[] = [];
      for (const leaf of leaves)
        counts.push(await countLeaf(snapshot, leaf, { total, windows: [small, large] }));
      return counts;
    },
  };
}

async function countLeaf(
  snapshot: Snapshot,
  leaf: TextNode,
  { total, windows }: { total: number; windows: readonly (Window | undefined)[] },
): Promise<number> {
  for (const window of windows) {
    const found = window && (await readNewest(snapshot, leaf, window));
    if (found && found.n >= RANKING_LIMIT) return estimateMatches(await countFrom(snapshot, found), total);
  }
  // In windows of SAMPLE_SIZE rows a thousand would have been found.
  const n = await countAny(snapshot, leaf);
  if (n < RANKING_LIMIT) return n;
  if (windows.at(-1)) return estimateMatches(SAMPLE_SIZE, total);
  const found = await readNewest(snapshot, leaf, undefined);
  return estimateMatches(await countFrom(snapshot, found), total);
}

/** How many rows have a leaf, at most RANKING_LIMIT. */
async function countAny(snapshot: Snapshot, leaf: TextNode): Promise<number> {
  const conditions = buildLeafConditions(leaf, undefined);
  const [row] = await snapshot.query<{ n: number }>(
    numberParams(
      `SELECT count(*) AS n FROM (SELECT 1 FROM prompts ${buildWhereClause(conditions)} LIMIT ${RANKING_LIMIT}) AS rows`,
    ),
    collectParams(conditions),
  );
  return row?.n ?? 0;
}

function buildLeafConditions(leaf: TextNode, window: Window | undefined): Condition[] {
  return [
    { sql: 'tokens @@ ?::tsquery', params: [narrowMatch(compileStems(leaf), window ?? {})] },
    ...(window ? [{ sql: 'created_at + 0 >= ?::bigint', params: [window.fromMs] }] : []),
    ...(isDecided(leaf) ? [] : [{ sql: 'strpos(terms, ?) > 0', params: [joinRun(leaf)] }]),
  ];
}

/** The newest rows. */
interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** @returns undefined if there are no more rows than that: then all are read */
async function findStart(snapshot: Snapshot, rows: number): Promise<Window | undefined> {
  const [row] = await snapshot.query<{ n: number; first: number; last: number }>(
    `SELECT count(*) AS n, min(created_at) AS first, max(created_at) AS last
     FROM (SELECT created_at FROM prompts ORDER BY created_at DESC, id DESC LIMIT ${rows}) AS newest`,
  );
  return row && row.n === rows ? { fromMs: row.first, toMs: row.last + 1 } : undefined;
}

interface Newest {
  /** At most RANKING_LIMIT. */
  readonly n: number;
  /** The last of them. */
  readonly createdAt: number;
  readonly id: string;
}

async function readNewest(snapshot: Snapshot, leaf: TextNode, window: Window | undefined): Promise<Newest> {
  const conditions = buildLeafConditions(leaf, window);
  const [row] = await snapshot.query<Newest>(
    numberParams(
      `WITH found AS MATERIALIZED (SELECT created_at, id FROM prompts ${buildWhereClause(conditions)})
       SELECT count(*) AS n, min(created_at) AS "createdAt", (array_agg(id ORDER BY created_at, id))[1] AS id
       FROM (SELECT * FROM found ORDER BY created_at DESC, id DESC LIMIT ${RANKING_LIMIT}) AS newest`,
    ),
    collectParams(conditions),
  );
  return row ?? { n: 0, createdAt: 0, id: '' };
}

/** How many rows there are from one on, at most SAMPLE_SIZE. */
async function countFrom(snapshot: Snapshot, { createdAt, id }: Newest): Promise<number> {
  const [row] = await snapshot.query<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT 1 FROM prompts WHERE (created_at, id) >= ($1::bigint, $2) LIMIT ${SAMPLE_SIZE}) AS rows`,
    [createdAt, id],
  );
  return row?.n ?? 0;
}

/** As the index of stems alone has it: a prefix of words is taken for one of stems, for a weight needs no more. */
function compileStems(leaf: TextNode): string {
  const lexemes = listRunLexemes(leaf.terms).map(quoteLexeme);
  return `(${[...lexemes, ...(leaf.kind === 'prefix' ? [`${quoteLexeme(leaf.prefix)}:*`] : [])].join(' & ')})`;
}

/** Whether the index finds only rows that have it. */
function isDecided(leaf: TextNode): boolean {
  return leaf.kind === 'phrase' ? listRunLexemes(leaf.terms).length === 1 : leaf.terms.length === 0;
}

function joinRun(leaf: TextNode): string {
  return leaf.kind === 'phrase' ? ` ${leaf.terms.join(' ')} ` : ` ${[...leaf.terms, leaf.prefix].join(' ')}`;
}
