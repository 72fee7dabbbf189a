import { describe, expect, test } from 'vitest';
import { createFlights, createSingleFlight } from '../../src/lib/single-flight.ts';

describe('single-flight', () => {
  test('concurrent calls share the run in progress; the next call starts another', async () => {
    const started: string[] = [];
    const flight = createSingleFlight(async (by: string) => {
      started.push(by);
      await Promise.resolve();
      return by;
    });
    expect(await Promise.all([flight.run('a'), flight.run('b'), flight.run('c')])).toEqual(['a', 'a', 'a']);
    expect(flight.current).toBeUndefined();
    expect(await flight.run('d')).toBe('d');
    expect(started).toEqual(['a', 'd']);
  });

  test('a failure reaches all callers of the run, and is not cached', async () => {
    let runs = 0;
    const flight = createSingleFlight(async () => {
      runs += 1;
      if (runs === 1) throw new Error('broken');
      return runs;
    });
    const results = await Promise.allSettled([flight.run(), flight.run()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await flight.run()).toBe(2);
  });

  test('each key has its own run, and a replaced run does not end its successor', async () => {
    const flights = createFlights<string, number>();
    const first = flights.add('a', Promise.resolve(1));
    let answer: (value: number) => void = () => undefined;
    const slow = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const second = flights.add('a', slow);
    const failed = flights.add('b', Promise.reject(new Error('broken')));
    expect([await first, flights.size]).toEqual([1, 1]);
    expect(flights.get('a')).toBe(second);
    answer(2);
    expect([await second, flights.size]).toEqual([2, 0]);
    await expect(failed).rejects.toThrow('broken');
  });
});
