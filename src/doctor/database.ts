/** Checks the integrity of the whole database, also while a server runs. */
import type { StoreMaintenance } from '../store/contract/maintenance.ts';
import type { Store } from '../store/contract/store.ts';
import type { Finding } from './check.ts';

const MAX_SHOWN = 20;

/** @param store opened as a reader */
export async function checkDatabase(
  maintenance: Pick<StoreMaintenance, 'findIntegrityProblems'>,
  store: Store,
): Promise<Finding[]> {
  const about = 'database';
  const problems = [
    ...maintenance.findIntegrityProblems(MAX_SHOWN),
    ...(await store.audit()).map(({ id, problem }) => `${id}: ${problem}`),
  ];
  if (problems.length > 0) {
    const more = problems.length > MAX_SHOWN ? [`and ${problems.length - MAX_SHOWN} more`] : [];
    return [...problems.slice(0, MAX_SHOWN), ...more].map((message) => ({ about, kind: 'problem', message }));
  }
  const { total } = await store.stats(0);
  return [{ about, kind: 'ok', message: `sound, and ${total} documents have the bytes that were stored` }];
}
