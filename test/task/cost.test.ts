import { expect, test } from 'vitest';
import { findCost } from '../../src/task/cost.ts';

test.each([
  [2.68, 2_680_000],
  [0, 0],
  [0.1 + 0.2, 300_000],
  [1e-9, 0],
  [1_000_000, 1e12],
])('an amount of %d credits is %d millionths', (amount, cost) => {
  expect(findCost({ response: { cost: { amount, currency: 'credit' } } })).toBe(cost);
  expect(findCost({ response: JSON.stringify({ cost: { amount } }) })).toBe(cost);
});

test.each([-0.01, 1_000_001, 1e300, '2.68', null, undefined, {}, [1], true])(
  'an amount of %j is none',
  (amount) => {
    expect(findCost({ response: { cost: { amount } } })).toBeUndefined();
  },
);

test.each([{}, { response: null }, { response: 'text' }, { response: { cost: 3 } }, { cost: { amount: 3 } }])(
  '%j has no cost',
  (document) => {
    expect(findCost(document)).toBeUndefined();
  },
);
