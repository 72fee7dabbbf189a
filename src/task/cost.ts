/** What a task cost, according to the response of the service. */
import { getOwn, getOwnObject, type JsonObject } from './json-object.ts';
import { getResponse } from './members.ts';

/** Of a credit. */
export const MILLIONTHS = 1_000_000;
/** In credits. No task costs as much, and sums of what is below are exact. */
const MAX_COST = 1_000_000;

/** @returns whole millionths of a credit; undefined if the document has no usable amount */
export function findCost(document: JsonObject): number | undefined {
  const amount = getOwn(getOwnObject(getResponse(document) ?? {}, 'cost'), 'amount');
  const isUsable = typeof amount === 'number' && amount >= 0 && amount <= MAX_COST;
  return isUsable ? Math.round(amount * MILLIONTHS) : undefined;
}
