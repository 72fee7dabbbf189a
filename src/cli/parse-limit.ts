/** The option of how many to show. */
import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError */
export function parseLimit(value: string): number {
  const limit = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (limit < 1) throw new InvalidArgumentError('it must be a whole number of at least 1.');
  return limit;
}
