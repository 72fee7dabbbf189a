/** How often the upstream was asked for each id: once, and once more for each server that took over from another. */
import type { RequestRecord } from '../../../src/simulator/simulator.ts';
import type { Trouble } from './troubles.ts';

export interface AskedAgain {
  /** Requests for an id beyond the first, of all ids. */
  readonly repeated: number;
  /** Ids that were asked for again although nothing had been killed since, each with the times. */
  readonly withoutReason: string[];
}

/** Between the moment of a request and its record, on a machine that is busy. */
const TOLERANCE_MS = 300;

/** @param isFinished whether the upstream has always answered that the task has finished: others are asked for again */
export function countAskedAgain(
  requests: readonly Pick<RequestRecord, 'id' | 'ids' | 'at'>[],
  troubles: readonly Trouble[],
  isFinished: (id: string) => boolean,
): AskedAgain {
  const times = new Map<string, number[]>();
  for (const { id, ids = id === undefined ? [] : [id], at } of requests)
    for (const each of ids) times.set(each, [...(times.get(each) ?? []), at]);
  const asked = [...times].filter(([id, all]) => all.length > 1 && isFinished(id));
  const reasons = troubles.flatMap(listMoments);
  return {
    repeated: asked.reduce((sum, [, all]) => sum + all.length - 1, 0),
    withoutReason: asked
      .filter(([, all]) => !isExcused(all, reasons))
      .map(([id, all]) => `${id} at ${all.join(', ')}`),
  };
}

/** Each kill is a reason to ask once more, and no further time. */
function isExcused(times: readonly number[], reasons: readonly Moment[]): boolean {
  const left = new Set(reasons);
  return times.slice(1).every((time, at) => {
    const before = times[at] ?? 0;
    const reason = [...left].find(
      ({ fromMs, untilMs }) => fromMs <= time + TOLERANCE_MS && untilMs >= before - TOLERANCE_MS,
    );
    if (reason) left.delete(reason);
    return reason !== undefined;
  });
}

type Moment = Pick<Trouble, 'fromMs' | 'untilMs'>;

/** A server is gone at once; without its database, none can store what it has fetched, until it is back. */
function listMoments({ kind, fromMs, untilMs, killedAtMs }: Trouble): Moment[] {
  if (kind === 'server') return killedAtMs.map((at) => ({ fromMs: at, untilMs: at }));
  return kind === 'database' ? [{ fromMs, untilMs }] : [];
}
