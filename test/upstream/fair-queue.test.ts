import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFairQueue, type FairQueueOptions } from '../../src/upstream/fair-queue.ts';
import { createWaiters, type Waiter } from '../../src/upstream/waiters.ts';

/** For a caller that hangs up with `abort`. */
function leavingCaller(): AbortController {
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal);
  return leaving;
}

/** A queue with one slot that is taken until `release`; every job records its name when it starts. */
function blockedQueue(options: Partial<FairQueueOptions> = {}) {
  const queue = createFairQueue({ concurrency: 1, ...options });
  const started: string[] = [];
  let release = () => {};
  const blocked = new Promise<void>((resolve) => {
    release = resolve;
  });
  void queue.add(() => blocked, createWaiters({ caller: 'blocker' }));
  const add = (name: string, waiters = createWaiters({ caller: name })) => {
    const job = queue.add(async () => {
      started.push(name);
      return name;
    }, waiters);
    job.catch(() => undefined); // each test looks at those it expects to fail
    return job;
  };
  const addMany = (name: string, count: number, waiter: Waiter = { caller: name }) =>
    Array.from({ length: count }, () => add(name, createWaiters(waiter)));
  const schedule = (name: string) => queue.add(async () => started.push(name), undefined);
  const finish = async () => {
    release();
    for (let turns = 0; turns < 3; turns += 1) await nextTurn();
    return started.join('');
  };
  return { add, addMany, schedule, finish, started };
}

describe('turns', () => {
  test('callers take turns, however many requests one of them has', async () => {
    const { addMany, finish } = blockedQueue();
    addMany('a', 6);
    addMany('b', 2);
    addMany('c', 1);
    expect(await finish()).toBe('abcabaaaa');
  });

  test('the requests of one caller take turns, so that a small one is not behind a large one', async () => {
    const { add, addMany, finish } = blockedQueue();
    addMany('L', 5, { caller: 'one' });
    add('s', createWaiters({ caller: 'one' }));
    expect(await finish()).toBe('LsLLLL');
  });

  test('the schedule comes after the callers, but gets a turn after ten of them', async () => {
    const { addMany, schedule, finish } = blockedQueue();
    void schedule('S');
    void schedule('S');
    addMany('a', 14);
    expect(await finish()).toBe(`${'a'.repeat(10)}S${'a'.repeat(4)}S`);
  });

  test('whoever joins a queued request brings its own turn', async () => {
    const { add, addMany, finish } = blockedQueue();
    addMany('a', 5, { caller: 'a' });
    const waiters = createWaiters({ caller: 'a' });
    const shared = add('!', waiters);
    waiters.join({ caller: 'b' });
    expect(await finish()).toBe('a!aaaa');
    expect(await shared).toBe('!');
  });
});

describe('a caller that hangs up', () => {
  test('takes what is not sent yet out of the queue', async () => {
    const { addMany, finish } = blockedQueue();
    const leaving = leavingCaller();
    const dropped = addMany('a', 20, { caller: 'a', hangUp: leaving.signal });
    addMany('b', 1);
    leaving.abort();
    for (const job of dropped) await expect(job).rejects.toMatchObject({ kind: 'abandoned' });
    expect(await finish()).toBe('b');
  });

  test('leaves a request that others wait for; the last one takes it along, and nobody can join it then', async () => {
    const { add, finish } = blockedQueue();
    const [first, last] = [leavingCaller(), leavingCaller()];
    const waiters = createWaiters({ caller: 'a', hangUp: first.signal });
    const shared = add('x', waiters);
    expect(waiters.join({ caller: 'b', hangUp: last.signal })).toBe(true);
    first.abort();
    expect(waiters.join({ caller: 'c', hangUp: first.signal })).toBe(true); // gone already: does not count
    last.abort();
    await expect(shared).rejects.toMatchObject({ kind: 'abandoned' });
    expect(waiters.join({ caller: 'd' })).toBe(false);
    expect(await finish()).toBe('');
  });

  test('before it is queued is not sent at all', async () => {
    const { add, finish } = blockedQueue();
    const left = add('x', createWaiters({ caller: 'a', hangUp: AbortSignal.abort() }));
    await expect(left).rejects.toMatchObject({ kind: 'abandoned' });
    expect(await finish()).toBe('');
  });
});

describe('a full queue', () => {
  const LIMITS = { maxPerCaller: 4, maxTotal: 6 };
  const failures = async (jobs: readonly Promise<unknown>[]) =>
    (await Promise.allSettled(jobs)).filter(({ status }) => status === 'rejected').length;

  test('refuses what exceeds a caller’s share, and says when to come back', async () => {
    const { addMany, finish } = blockedQueue(LIMITS);
    const jobs = addMany('a', 6);
    await expect(jobs.at(-1)).rejects.toMatchObject({ kind: 'overloaded', retryAfterMs: 5000 });
    expect(await finish()).toBe('aaaa');
    expect(await failures(jobs)).toBe(2);
  });

  test('makes room for another caller at the cost of whoever has most', async () => {
    const { addMany, finish } = blockedQueue(LIMITS);
    const many = addMany('a', 4);
    addMany('b', 2);
    const late = addMany('c', 1);
    expect(await finish()).toBe('abcaba');
    expect([await failures(many), await failures(late)]).toEqual([1, 0]);
  });

  test('makes room for a small request of the same caller at the cost of its largest', async () => {
    const { add, addMany, finish } = blockedQueue(LIMITS);
    addMany('L', 4, { caller: 'one' });
    add('s', createWaiters({ caller: 'one' }));
    expect(await finish()).toBe('LsLL');
  });

  test('counts a request that many share once', async () => {
    const { add, addMany, finish } = blockedQueue(LIMITS);
    const waiters = createWaiters({ caller: 'a' });
    add('x', waiters);
    for (let at = 0; at < 50; at += 1) waiters.join({ caller: 'a' });
    addMany('a', 3);
    expect(await finish()).toBe('xaaa');
  });

  test('does not refuse the schedule', async () => {
    const { addMany, schedule, finish } = blockedQueue(LIMITS);
    addMany('a', 4);
    addMany('b', 2);
    void schedule('S');
    expect(await finish()).toBe('ababaaS');
  });
});

test('nobody waits longer than the deadline', async () => {
  const { add, schedule, finish } = blockedQueue({ maxWaitMs: 20 });
  void schedule('S');
  await expect(add('x')).rejects.toMatchObject({ kind: 'overloaded' });
  expect(await finish()).toBe('S');
});

test('in any order of events every job ends once, and the slots are free again', async () => {
  const event = fc.record({
    caller: fc.constantFrom('a', 'b', 'c', undefined),
    hangsUp: fc.boolean(),
    joinedBy: fc.constantFrom('a', 'd', undefined),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      async (events, concurrency) => {
        const queue = createFairQueue({ concurrency, maxPerCaller: 5, maxTotal: 8 });
        let running = 0;
        let most = 0;
        const job = async () => {
          running += 1;
          most = Math.max(most, running);
          await nextTurn();
          running -= 1;
        };
        const leaving = leavingCaller();
        const jobs = events.map(({ caller, hangsUp, joinedBy }) => {
          const hangUp = hangsUp ? { hangUp: leaving.signal } : {};
          const waiters = caller === undefined ? undefined : createWaiters({ caller, ...hangUp });
          const added = queue.add(job, waiters);
          if (joinedBy !== undefined) waiters?.join({ caller: joinedBy });
          return added;
        });
        const settled = Promise.allSettled(jobs);
        leaving.abort();
        const failed = (await settled).filter((result) => result.status === 'rejected');
        for (const { reason } of failed) expect(reason).toMatchObject({ name: 'UpstreamError' });
        expect(most).toBeLessThanOrEqual(concurrency);
        await expect(queue.add(async () => 'next', createWaiters({ caller: 'z' }))).resolves.toBe('next');
        expect(running).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
