/** What goes wrong and when: a shuffled list of kills, at random moments. Each part of the cluster has one trouble at a time. */
import { setTimeout as delay } from 'node:timers/promises';

export const TROUBLE_KINDS = ['server', 'database', 'bucket', 'stub'] as const;
export type TroubleKind = (typeof TROUBLE_KINDS)[number];

export interface Trouble {
  readonly kind: TroubleKind;
  /** Epoch milliseconds: of the first kill, and of the moment from which the part works again. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Of each kill: one that starts may be killed as well. */
  readonly killedAtMs: readonly number[];
}

/** Servers most often: what they hold must be taken over. */
const DECK: readonly TroubleKind[] = ['server', 'database', 'bucket', 'server', 'stub', 'server'];

export interface TroublePlan {
  readonly kills: number;
  /** How long to go on. */
  readonly durationMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends it early: what is away still comes back. */
  readonly signal: AbortSignal;
  /** Kills a part, and calls `note` before each kill. Resolves when it works again. */
  readonly cause: Readonly<Record<TroubleKind, (note: () => void) => Promise<void>>>;
}

/** @returns what has gone wrong, in the order in which it was over, once everything works again */
export async function causeTroubles({
  kills,
  durationMs,
  random,
  signal,
  cause,
}: TroublePlan): Promise<Trouble[]> {
  const troubles: Trouble[] = [];
  const busy = new Map<string, Promise<void>>();
  const deck = Array.from({ length: kills }, (_, at) => DECK[at % DECK.length] ?? 'server');
  for (const kind of shuffle(deck, random)) {
    await delay((durationMs / kills) * 2 * random(), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const part = kind === 'stub' ? 'bucket' : kind;
    const work = async () => {
      const killedAtMs: number[] = [];
      await cause[kind](() => void killedAtMs.push(Date.now()));
      const untilMs = Date.now();
      troubles.push({ kind, fromMs: killedAtMs[0] ?? untilMs, untilMs, killedAtMs });
    };
    const working = (busy.get(part) ?? Promise.resolve()).then(work);
    working.catch(() => undefined); // it is awaited below
    busy.set(part, working);
  }
  await Promise.all(busy.values());
  return troubles;
}

function shuffle<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((value) => ({ value, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}
