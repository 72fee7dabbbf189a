/** Compares two kinds of requests to a search thread, in turns, by their 95th percentile. */
import { systemClock } from '../../src/lib/clock.ts';
import type { Row } from './table.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 200);

export type Work = () => unknown;

/** What an answer is made of, as the server hands it to the thread. */
export function createTarget(query: string) {
  return {
    params: new URLSearchParams(query),
    limits: undefined,
    nowMs: systemClock.now(),
    basePath: '/',
  };
}

export interface Comparison {
  /** What the base is, for the row. */
  readonly baseName?: string;
  /** How many times as long as the base the measured work may take. */
  readonly bound?: number;
}

export async function compare(
  what: string,
  base: Work,
  measured: Work,
  { baseName = 'without', bound = 2 }: Comparison = {},
): Promise<Row> {
  const times: [number[], number[]] = [[], []];
  for (let round = -4; round < ROUNDS; round += 1)
    for (const [at, work] of [base, measured].entries()) {
      const started = performance.now();
      await work();
      if (round >= 0) times[at as 0 | 1].push(performance.now() - started);
    }
  const [before, after] = times.map(percentile95) as [number, number];
  return {
    what: `${what}: p95`,
    value: `${after.toFixed(1)} ms, ${(after / before).toFixed(2)} × the ${before.toFixed(1)} ms ${baseName}`,
    wanted: `at most ${bound} ×`,
  };
}

function percentile95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
