import { expect, test } from 'vitest';
import { createTurnOrder, type TurnOrder } from '../../src/lib/turn-order.ts';

interface Request {
  readonly caller: string;
  readonly name: string;
}

/** @param entries each the request of the caller whose name it begins with */
const fill = (entries: string) => {
  const order = createTurnOrder<Request, Request>();
  for (const name of entries.split(' ')) {
    const request = { caller: name.charAt(0), name };
    order.add(request, request);
  }
  return order;
};

const take = (order: TurnOrder<Request, Request>, isBusy?: (caller: string) => boolean) => {
  const request = order.next(isBusy);
  if (request) order.remove(request, request);
  return request?.name;
};

test('callers are served in turn, each in the order of arrival', () => {
  const order = fill('a1 a2 a3 a4 b1 b2 c1');
  expect(Array.from({ length: 8 }, () => take(order))).toEqual([
    ...['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4', undefined],
  ]);
  expect([...order.jobs]).toEqual([]);
});

test('callers that are busy are passed over, and keep their turn', () => {
  const order = fill('a1 a2 b1');
  expect(take(order, (caller) => caller === 'a')).toBe('b1');
  expect(take(order, (caller) => caller === 'a')).toBeUndefined();
  expect(take(order)).toBe('a1');
});

test('the requests of one caller take turns, too, and a job that they share is one', () => {
  const order = createTurnOrder<string, Request>();
  const [large, small, other] = ['large', 'small', 'other'].map((name) => ({ caller: 'a', name })) as [
    Request,
    Request,
    Request,
  ];
  for (const job of ['1', '2', '3']) order.add(job, large);
  order.add('x', small);
  order.add('2', other);
  expect([...order.jobs]).toEqual(['1', '2', '3', 'x']);
  expect([order.next(), order.next(), order.next()]).toEqual(['1', 'x', '2']);
  order.remove('2', other);
  expect([...order.jobs]).toContain('2');
  order.remove('2', large);
  expect([...order.jobs]).not.toContain('2');
});

test('the newest job of whoever has the most makes room', () => {
  const order = fill('a1 a2 a3 b1');
  const added = { caller: 'b', name: 'b1' };
  const limits = (maxPerCaller: number, maxTotal: number) => ({ maxPerCaller, maxTotal });
  expect(order.findExcess(added, limits(3, 4))).toBeUndefined();
  expect(order.findExcess(added, limits(3, 3))?.job.name).toBe('a3');
  expect(order.findExcess({ caller: 'a', name: '' }, limits(2, 9))?.job.name).toBe('a3');
});

test('a caller without another job always gets in, however many others wait', () => {
  const order = createTurnOrder<Request, Request>();
  const limits = { maxPerCaller: 10, maxTotal: 50 };
  const add = (caller: string) => {
    const request = { caller, name: caller };
    order.add(request, request);
    const excess = order.findExcess(request, limits);
    if (excess) order.remove(excess.job, excess.request);
  };
  for (let at = 0; at < 60; at += 1) add(`crowd-${at}`);
  add('new');
  for (const name of ['crowd-1', 'crowd-1', 'crowd-60']) add(name);
  const callers = [...order.jobs].map(({ caller }) => caller);
  expect(callers).toContain('new');
  expect(callers.filter((caller) => caller === 'crowd-1')).toEqual(['crowd-1']);
  expect(callers).toHaveLength(62);
});
