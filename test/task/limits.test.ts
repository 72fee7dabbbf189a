import { describe, expect, it } from 'vitest';
import { areLimitsWithin, type TaskLimits } from '../../src/task/limits.ts';

const limit = (userIds: string[], applicationIds: string[] = []): TaskLimits => ({ userIds, applicationIds });

describe('areLimitsWithin', () => {
  it('finds everything within no limits, and no limits only within those', () => {
    expect(areLimitsWithin(undefined, undefined)).toBe(true);
    expect(areLimitsWithin(limit(['a']), undefined)).toBe(true);
    expect(areLimitsWithin(undefined, limit([]))).toBe(true);
    expect(areLimitsWithin(undefined, limit(['a']))).toBe(false);
    expect(areLimitsWithin(limit([]), limit(['a']))).toBe(false);
  });

  it('wants each user and each application among those of the outer limits', () => {
    expect(areLimitsWithin(limit(['a']), limit(['a', 'b']))).toBe(true);
    expect(areLimitsWithin(limit(['a', 'c']), limit(['a', 'b']))).toBe(false);
    expect(areLimitsWithin(limit(['a'], ['x']), limit(['a']))).toBe(true);
    expect(areLimitsWithin(limit(['a']), limit(['a'], ['x']))).toBe(false);
    expect(areLimitsWithin(limit(['a'], ['y']), limit(['a'], ['x']))).toBe(false);
  });
});
