/** What every change of a collection writes. */
import { sql } from 'drizzle-orm';
import type { ChangeOptions } from '../../contract/collections.ts';
import { collections } from '../schema/collections.ts';

export function nextVersion({ nowMs }: Pick<ChangeOptions, 'nowMs'>) {
  return {
    version: sql`${collections.version} + 1`,
    changedAt: sql`greatest(${collections.changedAt}, ${nowMs})`,
  };
}
