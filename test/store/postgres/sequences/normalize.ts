/** What may differ between the answers of two engines. Everything else must be equal. */
import { Buffer } from 'node:buffer';
import { compareCodePoints } from '../../../../src/lib/compare-code-points.ts';
import type { StoreChange } from '../../../../src/store/contract/changes.ts';
import type { Seen } from './session.ts';

/** A list whose order the contract leaves open, in the order of its keys. */
export function sortOpenOrder<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return items.toSorted((a, b) => compareCodePoints(keyOf(a), keyOf(b)));
}

/** The changes of one call: those of one task in their order, those of different tasks in any. */
export function sortChanges(changes: readonly StoreChange[]): StoreChange[] {
  return sortOpenOrder(changes, (change) => {
    if (change.kind === 'status') return '';
    return change.kind === 'image' ? change.taskId : change.id;
  });
}

/** Ids of messages are random: the n-th one that a store has told of is that of the other store. */
const MESSAGE_ID = /^msg_/;

/** The answer with all that an engine has chosen itself put in the same words, and bytes as text. */
export function normalizeAnswer(answer: unknown, { messages }: Pick<Seen, 'messages'>): unknown {
  const normalize = (value: unknown): unknown => {
    if (typeof value === 'string') return MESSAGE_ID.test(value) ? nameMessage(value) : value;
    if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('latin1')}`;
    if (value instanceof Error) return describeError(value);
    if (Array.isArray(value)) return value.map(normalize);
    if (value instanceof Map || value instanceof Set || typeof value !== 'object' || value === null)
      return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, normalize(member)]));
  };
  const nameMessage = (id: string): string => {
    if (!messages.includes(id)) messages.push(id);
    return `message ${messages.indexOf(id)}`;
  };
  return normalize(answer);
}

/** What the domain refuses, it refuses in the same words. */
function describeError({ name, message }: Error): string {
  return `${name}: ${message}`;
}
