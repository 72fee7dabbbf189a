/** Is the database sound? Reads all of it, beside a running server. */

import type { StoreMaintenance } from '../store/contract/maintenance.ts';
import type { Store } from '../store/contract/store.ts';
import type { Finding } from './check.ts';

const SHOWN = 20;

/** @param store open to read */
export async function checkDatabase(
  maintenance: Pick<StoreMaintenance, 'findIntegrityProblems'>,
  store: Store,
): Promise<Finding[]> {
  const about = 'database';
  const problems = [
    ...maintenance.findIntegrityProblems(SHOWN),
    ...(await store.audit()).map(({ id, problem }) => `${id}: ${problem}`),
  ];
  if (problems.length > 0) {
    const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
    return [...problems.slice(0, SHOWN), ...more].map((message) => ({ about, kind: 'problem', message }));
  }
  const { total } = await store.stats(0);
  return [{ about, kind: 'ok', message: `sound, and ${total} documents have the bytes that were stored` }];
}
