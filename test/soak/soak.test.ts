/**
 * HOURS (24 by `npm run test:soak`, 6 by `npm run faults`, 1 else) of schedule on a clock that is
 * moved by hand, against an upstream that fails at random; SEED repeats a day.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { createSeededRandom, generateId } from '../../src/simulator/random.ts';
import type { TaskId } from '../../src/task/id.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { tries } from '../helpers/thorough.ts';
import {
  type Cooldown,
  earlyRequests,
  growth,
  minutesBeyond,
  requestsByMinute,
  type SeenRequest,
} from './checks.ts';
import { nextWeather, type Weather } from './weather.ts';

const HOURS = Number(process.env.HOURS ?? tries(1, 6));
/** Even the first hour of this day is not all calm. */
const SEED = Number(process.env.SEED ?? 2);
const MINUTE_MS = 60_000;
/** As the default schedule. */
const RUN_EVERY_MS = 15_000;
const NEW_TASKS_A_MINUTE = 12;
/** Share of the tasks of an hour that come all at once, at its beginning. */
const BURST = 0.4;
const HOUR_MS = 60 * MINUTE_MS;
const READS_A_MINUTE = 3;
/** An unfinished id is looked at after 6 hours at the latest; then all must be stored. */
const LONGEST_WAIT_HOURS = 7;
/** By the table of retries: a batch of the schedule, and a caller's request. */
const TRIES = { schedule: 3, caller: 2 };
const CONCURRENCY = 2;
const BATCH_SIZE = 50;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A task's whole life, made before the day begins, so that the memory of the test itself stands still. */
interface Fate {
  readonly id: TaskId;
  readonly pending: string;
  readonly finished: string;
  readonly finishedAtMs: number;
  /** When the mirror hears of it. */
  readonly trackedAtMs: number;
}

function makeFates(startMs: number, random: () => number): Fate[] {
  const count = HOURS * 60 * NEW_TASKS_A_MINUTE;
  return Array.from({ length: count }, (_, at) => {
    const id = generateId(random) as TaskId;
    const evenly = (at / NEW_TASKS_A_MINUTE) * MINUTE_MS;
    const trackedAtMs = startMs + (random() < BURST ? Math.floor(evenly / HOUR_MS) * HOUR_MS : evenly);
    const options = { id, prompt: 'a lighthouse in a storm', createdAt: trackedAtMs / 1000 };
    return {
      id,
      pending: documentText({ ...options, state: 'pending' }),
      finished: documentText({ ...options, state: random() < 0.1 ? 'failed' : 'succeeded' }),
      finishedAtMs: trackedAtMs + random() ** 3 * 40 * MINUTE_MS,
      trackedAtMs,
    };
  });
}

/** Ids that the upstream never knows. */
const UNKNOWN = numberedIds(20);

/** Whether every task is stored and finished. */
async function isDone({ store }: TestMirror, tasks: number): Promise<boolean> {
  const { total, byState } = await store.stats(0);
  return total === tasks && byState.pending === 0;
}

/** The day, until everything is stored. */
async function liveThrough(here: TestMirror, fates: readonly Fate[], random: () => number) {
  const { clock, simulator, store, mirror } = here;
  const startMs = clock.now();
  const endMs = startMs + HOURS * 60 * MINUTE_MS;
  const seen: SeenRequest[] = [];
  const cooldowns: Cooldown[] = [];
  const allowed = new Map<number, number>();
  const heap: number[] = [];
  const byKind = new Map<string, number>();
  const waiting = { finished: [...fates], tracked: [...fates] };
  waiting.finished.sort((a, b) => b.finishedAtMs - a.finishedAtMs);
  waiting.tracked.sort((a, b) => b.trackedAtMs - a.trackedAtMs);
  const takeUntil = (list: Fate[], time: 'finishedAtMs' | 'trackedAtMs'): Fate[] => {
    const taken: Fate[] = [];
    for (let last = list.at(-1); last && last[time] <= clock.now(); last = list.at(-1))
      taken.push(list.pop() as Fate);
    return taken;
  };
  simulator.seed(fates.map(({ pending }) => pending));
  await store.track(UNKNOWN, startMs);
  let weather: Weather | undefined;
  let weatherUntilMs = startMs;
  const changeWeather = () => {
    simulator.clearFaults();
    weather = clock.now() >= endMs - 30 * MINUTE_MS ? undefined : nextWeather(random);
    weatherUntilMs = clock.now() + (weather?.minutes ?? 60) * MINUTE_MS;
    if (!weather) return;
    byKind.set(weather.name, (byKind.get(weather.name) ?? 0) + weather.minutes);
    const { fault, share } = weather;
    if (!fault) return;
    simulator.fault(fault, {
      when: ({ at: atMs }) => {
        if (random() >= share) return false;
        if (fault.kind === 'status' && fault.status === 429) {
          const seconds = Number(fault.headers?.['retry-after'] ?? 0);
          cooldowns.push({ fromMs: atMs, untilMs: atMs + Math.min(seconds, 3600) * 1000 });
        }
        return true;
      },
    });
  };
  const allow = (requests: number) => {
    // Waiting between tries moves the clock, so some come in the minute after.
    const minute = Math.floor(clock.now() / MINUTE_MS);
    for (const at of [minute, minute + 1]) allowed.set(at, (allowed.get(at) ?? 0) + requests);
  };

  let isAllStored = false;
  for (let step = 0; !isAllStored && clock.now() < endMs + LONGEST_WAIT_HOURS * 60 * MINUTE_MS; step += 1) {
    if (clock.now() >= weatherUntilMs) changeWeather();
    simulator.seed(takeUntil(waiting.finished, 'finishedAtMs').map(({ finished }) => finished));
    const fresh = takeUntil(waiting.tracked, 'trackedAtMs').map(({ id }) => id);
    if (fresh.length > 0) await store.track(fresh, clock.now());
    const due = await store.countDue(clock.now());
    allow(Math.ceil(due / BATCH_SIZE) * TRIES.schedule);
    await mirror.runner.run({ trigger: 'schedule' });
    if (step % 4 === 0 && clock.now() < endMs) {
      for (let read = 0; read < READS_A_MINUTE; read += 1) {
        // Of those that were made by now.
        const { id } = fates[Math.floor(random() * (fates.length - waiting.tracked.length))] as Fate;
        allow(TRIES.caller);
        const answer = await here.post({ action: 'retrieve', id });
        await answer.arrayBuffer();
      }
    }
    if (step % 240 === 0) {
      seen.push(...simulator.requests.map(({ at }) => ({ atMs: at })));
      (simulator.requests as unknown[]).length = 0;
      collectGarbage();
      heap.push(process.memoryUsage().heapUsed);
      isAllStored = clock.now() > endMs && (await isDone(here, fates.length));
    }
    clock.advance(RUN_EVERY_MS);
  }
  seen.push(...simulator.requests.map(({ at }) => ({ atMs: at })));
  return { seen, cooldowns, allowed, heap, byKind, hours: (clock.now() - startMs) / (60 * MINUTE_MS) };
}

test(`${HOURS} hours of schedule and faults`, async (context) => {
  const random = createSeededRandom(SEED);
  let inFlight = 0;
  let mostInFlight = 0;
  const counted: typeof fetch = async (input, init) => {
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    try {
      return await fetch(input, init);
    } finally {
      inFlight -= 1;
    }
  };
  const here = await startTestMirror(
    { concurrency: String(CONCURRENCY), batchSize: String(BATCH_SIZE) },
    {},
    { fetch: counted, isQuiet: true },
  );
  const fates = makeFates(here.clock.now(), random);
  const day = await liveThrough(here, fates, random);

  const stored = new Map<string, string>();
  for (let at = 0; at < fates.length; at += 500)
    for (const { id, text } of await here.store.getMany(fates.slice(at, at + 500).map(({ id: one }) => one)))
      stored.set(id, text);
  const missing = fates.filter(({ id, finished }) => stored.get(id) !== finished).map(({ id }) => id);
  const peak = Math.max(...requestsByMinute(day.seen).values());
  console.log(
    `seed ${SEED}: ${day.hours.toFixed(1)} hours, ${fates.length} tasks, ${day.seen.length} requests, at most ${peak} a minute, ` +
      `${mostInFlight} in flight, ${day.cooldowns.length} cooldowns, ${missing.length} missing, heap ` +
      `${day.heap.map((bytes) => (bytes / 1e6).toFixed(0)).join(' ')} MB; minutes of weather:`,
    Object.fromEntries(day.byKind),
  );
  expect(missing).toEqual([]);
  if (!process.env.SEED) expect(day.byKind.size).toBeGreaterThan(2);
  expect(minutesBeyond(day.seen, day.allowed)).toEqual([]);
  expect(earlyRequests(day.seen, day.cooldowns)).toEqual([]);
  expect(mostInFlight).toBeLessThanOrEqual(CONCURRENCY);
  if (HOURS >= 12) expect(growth(day.heap.slice(2, HOURS))).toBeLessThan(1.2);
  expect((await here.store.runs(1000)).filter(({ endedAtMs }) => endedAtMs === undefined)).toEqual([]);
  expect((await here.store.tracked({ limit: 100, offset: 0 })).items.map(({ id }) => id).sort()).toEqual(
    UNKNOWN,
  );
  expect(await here.store.audit()).toEqual([]);
  showFigure(
    context,
    `${day.hours.toFixed(1)} hours, ${day.seen.length} requests, 0 early, at most ${peak} in a minute, ${mostInFlight} in flight`,
  );
}, 1_800_000);

describe('the checks of the soak', () => {
  const at = (...times: number[]) => times.map((atMs) => ({ atMs }));
  test('detect a minute with too many requests', () => {
    const allowed = new Map([[1, 2]]);
    expect(minutesBeyond(at(60_000, 60_001), allowed)).toEqual([]);
    expect(minutesBeyond(at(60_000, 60_001, 119_999), allowed)).toEqual([
      { minute: 1, requests: 3, allowed: 2 },
    ]);
    expect(minutesBeyond(at(120_000), allowed)).toHaveLength(1);
  });
  test('detect a request during a cooldown', () => {
    const cooldowns = [{ fromMs: 1000, untilMs: 8000 }];
    expect(earlyRequests(at(999, 1000, 8000), cooldowns)).toEqual([]);
    expect(earlyRequests(at(1001, 7999), cooldowns)).toHaveLength(2);
  });
  test('detect memory growth', () => {
    expect(growth([10, 10, 10, 10, 11, 10, 10, 10])).toBeLessThan(1.2);
    expect(growth([10, 10, 12, 14, 16, 18, 20, 22])).toBeGreaterThan(1.2);
  });
});
